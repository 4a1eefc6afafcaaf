"""What all tables of an environment's file have in common."""

from pydantic import BaseModel


class Table(BaseModel, extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True):
    """A TOML table: no other keys, and exact types (`true` is not a number). A field's docstring is its description."""
