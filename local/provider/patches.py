"""API Gateway's way to change things: a list of patch operations (RFC 6902 with its own rules for maps and lists)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.provider.mapping import text
from local.provider.schema import Block
from local.provider.spec import Names

Patch = dict[str, str]
"""`{"op": "add" | "remove" | "replace", "path": ..., "value": ...}`."""


def patch_operations(values: Mapping[str, Any], prior: Mapping[str, Any], block: Block, names: Names) -> list[Patch]:
    """The operations that turn the prior attributes into the given ones; blocks are left to the table's hooks.

    Args:
        values: The attributes that have changed, with their new values.
        prior: All attributes as they were.
        block: The type's schema.
        names: Attribute -> member, where it is not the attribute in camel case; None: not to be patched.
    """
    operations: list[Patch] = []
    for name in sorted(values):
        if name in block.attributes and names.get(name, "") is not None:
            operations += _operations(f"/{names.get(name) or camel(name)}", prior.get(name), values[name])
    return operations


def _operations(path: str, old: Any, new: Any) -> Iterator[Patch]:
    if isinstance(old, Mapping) or isinstance(new, Mapping):
        yield from _map_operations(path, old or {}, new or {})
    elif isinstance(old, list) or isinstance(new, list):
        yield from _list_operations(path, old or [], new or [])
    else:
        yield {"op": "replace", "path": path, "value": text(new)}


def _map_operations(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Patch]:
    for key in sorted(old.keys() - new.keys()):
        yield {"op": "remove", "path": f"{path}/{escape(key)}"}
    for key in sorted(new):
        if old.get(key) != new[key]:
            yield {"op": "replace" if key in old else "add", "path": f"{path}/{escape(key)}", "value": text(new[key])}


def _list_operations(path: str, old: list[Any], new: list[Any]) -> Iterator[Patch]:
    for item in old:
        if item not in new:
            yield {"op": "remove", "path": f"{path}/{escape(item)}"}
    for item in new:
        if item not in old:
            yield {"op": "add", "path": f"{path}/{escape(item)}"}


def camel(name: str) -> str:
    """`path_part` as `pathPart`."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def escape(key: Any) -> str:
    """A key as a part of a JSON pointer (RFC 6901): `application/json` is `application~1json`."""
    return str(key).replace("~", "~0").replace("/", "~1")
