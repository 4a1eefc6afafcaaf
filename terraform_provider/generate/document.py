"""The document of all schemas, `schema.json`, of the installed bindings."""

import json
from typing import Any

from terraform_provider.generate.bindings import read_sources
from terraform_provider.generate.typescript import Document, provider_schema, resource_schema
from terraform_provider.registry import DATA_SOURCES, RESOURCE_TYPES


def generate() -> Document:
    """Schemas of the provider and of all that the table knows.

    Raises:
        LookupError: the bindings are not installed, or lack one of the types.
    """
    resources = {name: _module(name) for name in sorted(RESOURCE_TYPES)}
    sources = {name: f"data-aws-{_module(name)}" for name in sorted(DATA_SOURCES)}
    text = read_sources(["provider", *resources.values(), *sources.values()])
    return {
        "provider": provider_schema(text["provider"]),
        "resources": {name: resource_schema(text[module]) for name, module in resources.items()},
        "data_sources": {name: resource_schema(text[module]) for name, module in sources.items()},
    }


def _module(type_name: str) -> str:
    return type_name.removeprefix("aws_").replace("_", "-")


def render(document: Document) -> str:
    """The document as text, an attribute a line, so that a change of it can be read."""
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
