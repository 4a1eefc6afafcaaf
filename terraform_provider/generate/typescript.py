"""Reads a Terraform schema from the TypeScript that cdktf generates for it.

Each class has, for each attribute, a comment `// name - computed: x, optional: y, required: z` and a getter whose call
shows the type; `synthesizeHclAttributes` and the `...ToHclTerraform` functions show blocks and their nesting.

A schema document is `{"attributes": {name: [type, flags]}, "blocks": {name: [nesting, minimum, maximum, document]}}`,
where flags are those of the letters r, o and c (required, optional, computed) that are true; `blocks` may be missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from terraform_provider.schema import ValueType

Document = dict[str, Any]
"""A block's schema in its JSON form."""

Synthesized = Mapping[str, tuple[bool, str]]
"""Attribute -> whether it is a block, and its kind ("list", "set", "struct", "simple", ...)."""

_GETTERS: Final[Mapping[str, ValueType]] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "AnyMap": ["map", "string"],
}
_STORAGE: Final[Mapping[str, ValueType]] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringMap": ["map", "string"],
    "booleanMap": ["map", "bool"],
}

_CLASS: Final = re.compile(r"^export class (\w+) extends [\w.]+ \{", re.MULTILINE)
_CONVERTER: Final = re.compile(r"^export function (\w+?)ToHclTerraform\(.*?\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_ATTRIBUTE: Final = re.compile(
    r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n"
    r"(.*?)(?=\n  // \w+ - computed:|\n  // =====|\Z)",
    re.DOTALL,
)
_NESTED: Final = re.compile(r"new (\w+?)(List|Map|OutputReference)\(this, \"\w+\"(?:, (\w+))?\)")
_SYNTHESIZED: Final = re.compile(
    r"^\s+(\w+): \{\n\s+value: .*\n\s+isBlock: (\w+),\n\s+type: \"(\w+)\",\n\s+storageClassType: \"(\w+)\"",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class _Module:
    """One file of the bindings.

    Attributes:
        classes: Bodies of its classes, by name.
        converters: Bodies of its `...ToHclTerraform` functions, by the name before that, in lower camel case.
    """

    classes: Mapping[str, str]
    converters: Mapping[str, str]


def resource_schema(source: str) -> Document:
    """The schema of a resource type."""
    module = _module(source)
    body = next(body for body in module.classes.values() if "public static readonly tfResourceType" in body)
    return _block(module, body, _synthesized(body))


def provider_schema(source: str) -> Document:
    """The schema of the provider, whose class has no getters: all of it is optional."""
    module = _module(source)
    return _configured(module, source[source.index("extends cdktf.TerraformProvider") :])


def _module(source: str) -> _Module:
    parts = _CLASS.split(source)
    return _Module(
        classes=dict(zip(parts[1::2], parts[2::2], strict=True)),
        converters={_lower(name): body for name, body in _CONVERTER.findall(source)},
    )


def _synthesized(body: str) -> Synthesized:
    return {name: (is_block == "true", kind) for name, is_block, kind, _ in _SYNTHESIZED.findall(body)}


def _block(module: _Module, body: str, synthesized: Synthesized) -> Document:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for name, computed, optional, required, getter in _ATTRIBUTE.findall(body):
        flags = _flags(r=required, o=optional, c=computed)
        nested = _NESTED.search(getter)
        is_block, kind = synthesized.get(name, (False, ""))
        if nested and is_block:
            blocks[name] = _nested_block(module, nested, kind, flags)
        elif nested:
            attributes[name] = [_object_type(module, nested, kind), flags]
        else:
            attributes[name] = [_plain_type(getter), flags]
    return {"attributes": attributes, "blocks": blocks} if blocks else {"attributes": attributes}


def _flags(**values: str) -> str:
    return "".join(letter for letter, value in values.items() if value == "true")


def _plain_type(getter: str) -> ValueType:
    call = re.search(r"this\.get(\w+?)Attribute\(", getter)
    type_ = _GETTERS[call[1]] if call else "string"
    return ["set", type_[1]] if "Fn.tolist(" in getter and isinstance(type_, list) else type_


def _nested_block(module: _Module, nested: re.Match[str], kind: str, flags: str) -> list[Any]:
    nesting = "single" if kind == "struct" else kind
    maximum = int(nested[2] == "OutputReference")
    return [nesting, int("r" in flags), maximum, _inner(module, nested[1])]


def _object_type(module: _Module, nested: re.Match[str], kind: str) -> ValueType:
    object_type = ["object", _members(_inner(module, nested[1]))]
    if nested[2] == "OutputReference" and kind == "struct":
        return object_type
    container = "set" if nested[3] == "true" else "map" if nested[2] == "Map" else "list"
    return [container, object_type]


def _inner(module: _Module, name: str) -> Document:
    converter = module.converters.get(_lower(name), "")
    return _block(module, module.classes[f"{name}OutputReference"], _synthesized(converter))


def _members(document: Document) -> dict[str, ValueType]:
    members: dict[str, ValueType] = {name: type_ for name, (type_, _) in document["attributes"].items()}
    for name, (nesting, _, _, inner) in document.get("blocks", {}).items():
        members[name] = [nesting, ["object", _members(inner)]]
    return members


def _configured(module: _Module, body: str) -> Document:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for name, is_block, kind, storage in _SYNTHESIZED.findall(body):
        if is_block == "true":
            nesting = "single" if kind == "struct" else kind
            inner = _configured(module, module.converters[_lower(storage.removesuffix("List"))])
            blocks[name] = [nesting, 0, 0, inner]
        else:
            type_ = _STORAGE[storage]
            attributes[name] = [["set", type_[1]] if kind == "set" else type_, "o"]
    return {"attributes": attributes, "blocks": blocks} if blocks else {"attributes": attributes}


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
