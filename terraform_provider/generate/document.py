"""The document of all schemas, `schema.json`, from the installed bindings."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from terraform_provider.generate.bindings import read_sources
from terraform_provider.generate.typescript import Document, provider_schema, resource_schema
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition
from terraform_provider.schema import parse_block
from terraform_provider.session import ARGUMENTS


def generate() -> Document:
    """Schemas of the provider and of every type of the table.

    Raises:
        LookupError: the bindings are not installed, or lack one of the types.
    """
    modules = {name: name.removeprefix("aws_").replace("_", "-") for name in sorted(RESOURCE_TYPES)}
    text = read_sources(["provider", *modules.values()])
    return {
        "provider": pruned(provider_schema(text["provider"]), ARGUMENTS),
        "resources": {name: _resource(name, text[module]) for name, module in modules.items()},
    }


def _resource(name: str, source: str) -> Document:
    document = resource_schema(source)
    for path, block in RESOURCE_TYPES[name].untyped.items():
        _describe(document, path.split("."), block)
    return pruned(document, Definition(kind=RESOURCE_TYPES[name], block=parse_block(document)).configurable)


def _describe(document: Document, path: Sequence[str], block: Sequence[Any]) -> None:
    """Put a block where the bindings have an attribute of no type."""
    *outer, name = path
    for step in outer:
        document = document["blocks"][step][-1]
    del document["attributes"][name]
    document.setdefault("blocks", {})[name] = list(block)


def pruned(document: Document, supported: AbstractSet[str]) -> Document:
    """A schema without the content of blocks that the provider refuses: of these it keeps only the name."""
    blocks = document.get("blocks", {})
    kept = {name: block for name, block in blocks.items() if name in supported}
    refused = {name: ["dynamic", "o"] for name in blocks.keys() - supported}
    attributes = {"attributes": {**document["attributes"], **refused}}
    return {**attributes, "blocks": kept} if kept else attributes


def render(document: Document) -> str:
    """The document as text, an attribute a line, for readable diffs."""
    return _render(document, "") + "\n"


def _render(value: Any, indent: str) -> str:
    if isinstance(value, dict) and value:
        deeper = indent + " "
        lines = [f"{deeper}{json.dumps(key)}: {_render(item, deeper)}" for key, item in sorted(value.items())]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        head = ", ".join(json.dumps(item) for item in value[:-1])
        return f"[{head}, {_render(value[-1], indent)}]"
    return json.dumps(value, sort_keys=True)
