"""Configurations for the acceptance tests, by service: the first, and what it is changed into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Configuration = Mapping[str, Any]
"""The body of a `*.tf.json` file, without provider and backend."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One configuration in two forms.

    Attributes:
        name: Of the test; every physical name begins with it.
        first: What is created.
        second: The same resources, with every attribute changed that can be changed in place.
        replaced: Types of which `second` replaces a resource.
        not_imported: Types that cannot be imported without a difference, so they stay in the state.
        after_import: Attributes ("type.attribute") that an import cannot read, so it plans to set them.
    """

    name: str
    first: Configuration
    second: Configuration
    replaced: frozenset[str] = field(default_factory=frozenset)
    not_imported: frozenset[str] = field(default_factory=frozenset)
    after_import: frozenset[str] = field(default_factory=frozenset)
