from dataclasses import dataclass

import pytest

from tools.generators.environments import PAGE, _table, page


@dataclass(frozen=True)
class Documented:
    """A table."""

    colour: str
    """How it
    looks."""
    legs: int = 4
    """How it stands."""
    folds: bool = False
    """Whether it folds."""


@dataclass(frozen=True)
class Undocumented:
    """A table."""

    colour: str
    legs: int
    """How it stands."""


def test_the_committed_page_is_what_the_types_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/environments.md"


def test_a_field_is_a_row_with_its_type_default_and_description() -> None:
    assert _table(Documented).splitlines()[2:] == [
        "| `colour` | string | required | How it looks. |",
        "| `legs` | whole number | `4` | How it stands. |",
        "| `folds` | true or false | `false` | Whether it folds. |",
    ]


def test_a_field_without_a_description_is_named() -> None:
    with pytest.raises(ValueError, match=r"Undocumented\.colour has no description"):
        _table(Undocumented)
