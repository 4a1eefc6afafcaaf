"""Configurations for the acceptance tests, by service: what is made first, and what it is changed into."""

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
        first: What is made.
        second: The same resources, with every attribute changed that can be changed in place.
        replaced: Types of which a resource must be made anew to become what `second` says.
        not_imported: Types that stay in the state, for they cannot be imported as they are.
        after_import: Attributes that an import cannot know ("type.attribute"), so that it plans to set them.
    """

    name: str
    first: Configuration
    second: Configuration
    replaced: frozenset[str] = field(default_factory=frozenset)
    not_imported: frozenset[str] = field(default_factory=frozenset)
    after_import: frozenset[str] = field(default_factory=frozenset)
