"""Terraform's attributes to AWS's API members and back, by name and by botocore's shapes.

Names are compared without underscores and case, and with or without a plural s: `log_destination` is `logDestination`,
`transition` is `Transitions`. A structure of the API is a list of one block, a list of keys and values is a map.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from botocore.model import Shape, StructureShape

from terraform_provider.schema import Block, ValueType
from terraform_provider.spec import Names
from terraform_provider.values import fill, is_empty

Members = tuple[str, ...]
"""The path to a member of an API structure, outermost first."""

_TRUE = (True, "true", "True", "Enabled", "ENABLED", 1)


def plain(name: str) -> str:
    """A name without underscores and case, for comparison."""
    return name.replace("_", "").lower()


def find_members(shape: StructureShape, attribute: str, names: Names, outer: str = "") -> Members | None:
    """Where an attribute is in an API structure, or None if it has no member.

    Args:
        shape: The structure.
        attribute: The attribute's own name.
        names: The names that differ, by path.
        outer: Path of the block in which the attribute is, with a dot at its end.
    """
    given = names.get(outer + attribute, "")
    if given is None:
        return None
    if given:
        members = tuple(given.split("."))
        return members if _shape_at(shape, members) else None
    member = _plain_members(shape).get(plain(attribute)) or _plain_members(shape).get(plain(attribute) + "s")
    return (member,) if member else None


def _plain_members(shape: StructureShape) -> dict[str, str]:
    return {plain(member): member for member in shape.members}


def _shape_at(shape: Shape, members: Iterable[str]) -> Shape | None:
    for member in members:
        if not isinstance(shape, StructureShape) or member not in shape.members:
            return None
        shape = shape.members[member]
    return shape


def shape_at(shape: StructureShape, members: Members) -> Shape:
    """The shape of a member that `find_members` has found."""
    found = _shape_at(shape, members)
    assert found is not None  # noqa: S101  # find_members has looked
    return found


# Terraform -> API


def to_api(
    shape: StructureShape,
    values: Mapping[str, Any],
    names: Names,
    *,
    outer: str = "",
    also_empty: AbstractSet[str] = frozenset(),
) -> dict[str, Any]:
    """The members of an API structure for attributes that have a value.

    Args:
        shape: The structure.
        values: Attributes and blocks by name.
        names: The names that differ, by path.
        outer: Path of the block in which the attributes are, with a dot at its end.
        also_empty: Attributes that are sent even if they are empty: they had a value before.
    """
    sent: dict[str, Any] = {}
    for attribute, value in values.items():
        members = find_members(shape, attribute, names, outer)
        if not members:
            continue
        target = shape_at(shape, members)
        if not is_empty(value):
            _put(sent, members, _value_to_api(target, value, names, f"{outer}{attribute}."))
        elif attribute in also_empty and target.type_name in _EMPTY and not target.metadata.get("min"):
            _put(sent, members, _EMPTY[target.type_name]())
    return sent


_EMPTY: dict[str, Callable[[], Any]] = {"string": str, "list": list, "map": dict, "structure": dict}


def _put(target: dict[str, Any], members: Members, value: Any) -> None:
    *outer, last = members
    for member in outer:
        target = target.setdefault(member, {})
    target[last] = value


def _value_to_api(shape: Shape, value: Any, names: Names, outer: str) -> Any:
    convert = _TO_API.get(shape.type_name)
    if convert:
        return convert(value)
    if isinstance(shape, StructureShape):
        only = (value[0] if value else None) if isinstance(value, list) else value
        return to_api(shape, only or {}, names, outer=outer)
    if shape.type_name == "list":
        return _list_to_api(shape, value, names, outer)
    if shape.type_name == "map":
        return {key: _value_to_api(shape.value, item, names, outer) for key, item in value.items()}  # type: ignore[attr-defined]  # a MapShape
    return value


def _list_to_api(shape: Any, value: Any, names: Names, outer: str) -> list[Any]:
    if isinstance(value, Mapping):
        key_member, value_member = _pair_members(shape.member.members)
        return [{key_member: key, value_member: item} for key, item in value.items()]
    return [_value_to_api(shape.member, item, names, outer) for item in value]


def text(value: Any) -> str:
    """A value as text: null is empty, booleans are lower case."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


_TO_API: dict[str, Callable[[Any], Any]] = {
    "string": text,
    "boolean": lambda value: value in (True, "true"),
    "integer": int,
    "long": int,
    "double": float,
    "float": float,
    "blob": lambda value: value.encode() if isinstance(value, str) else value,
}


# API -> Terraform


def from_api(
    shape: StructureShape, block: Block, response: Mapping[str, Any], names: Names, *, outer: str = ""
) -> dict[str, Any]:
    """The attributes and blocks that have a member in an API structure; None (or no block) where it is empty."""
    shown: dict[str, Any] = {}
    for name, attribute in block.attributes.items():
        members = find_members(shape, name, names, outer)
        if members:
            shown[name] = value_from_api(attribute.type, dig(response, members))
    for name, nested in block.blocks.items():
        members = find_members(shape, name, names, outer)
        if members:
            inner = shape_at(shape, members)
            inner = getattr(inner, "member", inner)
            if isinstance(inner, StructureShape):
                items = _items(dig(response, members))
                shown[name] = [
                    fill(nested.block, from_api(inner, nested.block, item, names, outer=f"{outer}{name}."))
                    for item in items
                ]
    return shown


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def dig(response: Any, members: Iterable[str]) -> Any:
    """The value of a member of a response, or None."""
    for member in members:
        if not isinstance(response, Mapping):
            return None
        response = response.get(member)
    return response


def value_from_api(type_: ValueType, value: Any) -> Any:
    """A value of the API as a value of a Terraform type; None also for refused blocks and collections of objects."""
    if value is None or type_ == "dynamic":
        return None
    if isinstance(type_, str):
        return _FROM_API[type_](value)
    kind, inner = type_[0], type_[1]
    if isinstance(inner, list):
        return None
    if kind == "map":
        return {key: value_from_api(inner, item) for key, item in pairs(value).items()}
    return [value_from_api(inner, item) for item in (value if isinstance(value, list) else [value])]


def _number_from_api(value: Any) -> float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _text_from_api(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return text(value)


_FROM_API: dict[str, Callable[[Any], Any]] = {
    "string": _text_from_api,
    "number": _number_from_api,
    "bool": lambda value: value in _TRUE,
}


def pairs(value: Any) -> dict[str, Any]:
    """A map, or the API's list of keys and values ("Key"/"TagKey"/"Name" and "Value"/"TagValue"), as a map."""
    if isinstance(value, Mapping):
        return dict(value)
    found = {}
    for item in value:
        key_member, value_member = _pair_members(item)
        found[item[key_member]] = item[value_member]
    return found


def _pair_members(members: Iterable[str]) -> tuple[str, str]:
    known = list(members)
    return (
        next(member for member in known if plain(member).endswith(("key", "name"))),
        next(member for member in known if plain(member).endswith("value")),
    )
