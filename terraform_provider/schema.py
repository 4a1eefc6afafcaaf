"""The schemas of the provider and its resource types, as generated from the cdktf bindings."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

ValueType = str | list[Any]
"""A Terraform type in its JSON form: "string", ["set", "string"], ["list", ["object", {...}]].

"dynamic", which is any value, is the type of blocks that the local provider refuses.
"""

Nesting = Literal["list", "set"]
"""Terraform has others; the local provider refuses blocks that have them (`timeouts`)."""

SCHEMA_FILE: Final = Path(__file__).with_name("schema.json")
"""Written by `python -m terraform_provider.generate`."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of a block."""

    type: ValueType
    required: bool = False
    optional: bool = False
    computed: bool = False


@dataclass(frozen=True, kw_only=True)
class Block:
    """Attributes and nested blocks by name."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, "NestedBlock"] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NestedBlock:
    """A block in a block; a `maximum` of 0 means any number of times."""

    nesting: Nesting
    block: Block
    minimum: int = 0
    maximum: int = 0


@dataclass(frozen=True, kw_only=True)
class Schemas:
    """The schemas that Terraform asks for."""

    provider: Block
    resources: Mapping[str, Block]


@functools.cache
def load_schemas() -> Schemas:
    """Read the generated schemas."""
    document = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return Schemas(
        provider=parse_block(document["provider"]),
        resources=MappingProxyType({name: parse_block(block) for name, block in document["resources"].items()}),
    )


def parse_block(document: dict[str, Any]) -> Block:
    """A block from its form in the schema file."""
    attributes = {
        name: Attribute(type=type_, required="r" in flags, optional="o" in flags, computed="c" in flags)
        for name, (type_, flags) in document["attributes"].items()
    }
    blocks = {
        name: NestedBlock(nesting=nesting, minimum=minimum, maximum=maximum, block=parse_block(inner))
        for name, (nesting, minimum, maximum, inner) in document.get("blocks", {}).items()
    }
    return Block(attributes=MappingProxyType(attributes), blocks=MappingProxyType(blocks))
