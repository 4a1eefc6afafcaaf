"""Terraform's values in Python, and their form on the wire.

A value is what JSON has, plus `UNKNOWN`. An object on the wire holds every attribute of its schema: an absent one is
null, an absent list or set of blocks is empty.
"""

import enum
import json
from collections.abc import Mapping
from typing import Any, Final

import msgpack

from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.schema import Block, ValueType

State = dict[str, Any]
"""A resource's attributes and blocks by name."""


class Unknown(enum.Enum):
    """The type of `UNKNOWN`; an enumeration, because a copy of a member is the member itself."""

    VALUE = "(known after apply)"


UNKNOWN: Final = Unknown.VALUE

_PLAIN_UNKNOWN = 0
"""msgpack extension code of an unknown value; 12 is an unknown with refinements, which are not needed here."""


def decode(value: pb.DynamicValue) -> Any:
    """Read a value as Terraform sends it; None is Terraform's null."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(value: Any) -> pb.DynamicValue:
    """Write a value for Terraform; objects have to be filled first (see `fill`)."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_extension))


def _extension(value: object) -> msgpack.ExtType:
    if value is UNKNOWN:
        return msgpack.ExtType(_PLAIN_UNKNOWN, b"\0")
    raise TypeError(f"{type(value).__name__} is not a Terraform value")


def fill(block: Block, value: Any) -> Any:
    """Give an object every attribute and block of its schema; null and unknown do not change."""
    if value is None or value is UNKNOWN:
        return value
    filled: State = {name: value.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        inner = value.get(name)
        filled[name] = inner if inner is UNKNOWN else [fill(nested.block, item) for item in inner or []]
    return filled


def without_unknowns(value: Any) -> Any:
    """Replace what is unknown by null, at any depth: nothing may be unknown after an apply."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {key: without_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_unknowns(item) for item in value]
    return value


def is_empty(value: Any) -> bool:
    """Whether a value is null, unknown, or an empty string, list or map."""
    return value is None or value is UNKNOWN or value in ("", [], {})


def has_content(value: Any) -> bool:
    """Whether a value holds, at any depth, anything but null, zero, false and empty strings."""
    if isinstance(value, Mapping):
        return any(has_content(item) for item in value.values())
    if isinstance(value, list):
        return any(has_content(item) for item in value)
    return value not in (None, "", False, 0)


def same(type_: ValueType, one: Any, other: Any) -> bool:
    """Whether two values of a type are equal; the order matters in lists, not in sets."""
    if one is UNKNOWN or other is UNKNOWN:
        return one is other
    if isinstance(type_, list) and type_[0] == "set" and isinstance(one, list) and isinstance(other, list):
        return sorted(map(_canonical, one)) == sorted(map(_canonical, other))
    return _canonical(one) == _canonical(other)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def same_json(one: Any, other: Any) -> bool:
    """Whether two strings hold the same JSON document, for example a policy."""
    if not (isinstance(one, str) and isinstance(other, str) and one[:1] in "{[" and other[:1] in "{["):
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def changed_attributes(block: Block, prior: Mapping[str, Any], planned: Mapping[str, Any]) -> frozenset[str]:
    """The top-level attributes and blocks in which two states differ."""
    types: dict[str, ValueType] = {name: attribute.type for name, attribute in block.attributes.items()}
    types.update({name: [nested.nesting] for name, nested in block.blocks.items()})
    return frozenset(name for name, type_ in types.items() if not same(type_, prior.get(name), planned.get(name)))
