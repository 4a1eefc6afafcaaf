"""Writes examples/transaction-pipeline.postman_collection.json from docs/openapi.yaml.

python -m tools.generators.collection

The form is Postman's Collection v2.1, which Bruno, Insomnia and others import, too.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from openapi_spec_validator.readers import read_from_filename

from shared.contracts.api import API_KEY_HEADER
from shared.repository import ROOT

DOCUMENT: Final = ROOT / "docs" / "openapi.yaml"
COLLECTION: Final = ROOT / "examples" / "transaction-pipeline.postman_collection.json"
_SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_METHODS: Final = ("get", "post", "put", "delete")
"""Not `options`: browsers ask it themselves."""
_FORM: Final = "multipart/form-data"
_JSON: Final = "application/json"

Node = dict[str, Any]


def collection() -> Node:
    """The collection as it has to be."""
    document = cast("Node", read_from_filename(str(DOCUMENT))[0])
    info = document["info"]
    return {
        "info": {"name": info["title"], "description": info["description"], "schema": _SCHEMA},
        "auth": {
            "type": "apikey",
            "apikey": [
                {"key": "key", "value": API_KEY_HEADER},
                {"key": "value", "value": "{{apiKey}}"},
                {"key": "in", "value": "header"},
            ],
        },
        "variable": [
            {"key": "baseUrl", "value": "https://API.execute-api.REGION.amazonaws.com/v1"},
            {"key": "apiKey", "value": ""},
        ],
        "item": list(_Requests(document).all()),
    }


def text() -> str:
    """The file as it has to be."""
    return json.dumps(collection(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file; the exit code."""
    COLLECTION.write_text(text(), encoding="utf-8")
    print(f"written: {COLLECTION.relative_to(ROOT)}")
    return 0


class _Requests:
    """The requests of a document's operations."""

    def __init__(self, document: Node) -> None:
        self._document = document

    def all(self) -> Iterator[Node]:
        for path, item in self._document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._request(path, method, item[method], item.get("parameters", []))

    def _request(self, path: str, method: str, operation: Node, shared: list[Node]) -> Node:
        parameters = [self._resolved(each) for each in (*shared, *operation.get("parameters", []))]
        request: Node = {
            "method": method.upper(),
            "description": operation.get("description", operation["summary"]),
            "url": self._url(path, parameters),
            "header": [],
        }
        if operation.get("security") == []:
            request["auth"] = {"type": "noauth"}
        if "requestBody" in operation:
            request["body"] = self._body(self._resolved(operation["requestBody"])["content"])
        return {"name": operation["summary"], "request": request}

    def _url(self, path: str, parameters: list[Node]) -> Node:
        parts = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")]
        url: Node = {"raw": "/".join(["{{baseUrl}}", *parts]), "host": ["{{baseUrl}}"], "path": parts}
        for place, key in (("query", "query"), ("path", "variable")):
            listed = [each for each in parameters if each["in"] == place]
            if listed:
                url[key] = [self._parameter(each) for each in listed]
        return url

    def _parameter(self, parameter: Node) -> Node:
        value = parameter.get("example", self._resolved(parameter["schema"]).get("default", ""))
        shown: Node = {"key": parameter["name"], "value": str(value), "description": parameter.get("description", "")}
        # Those that may be left out are switched on by the user.
        return shown if parameter.get("required") else {**shown, "disabled": True}

    def _body(self, content: Mapping[str, Node]) -> Node:
        if _FORM in content:
            return {"mode": "formdata", "formdata": list(self._fields(self._resolved(content[_FORM]["schema"])))}
        (example, *_) = content[_JSON]["examples"].values()
        raw = json.dumps(self._resolved(example)["value"], indent=2)
        return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}

    def _fields(self, schema: Node) -> Iterator[Node]:
        required = schema.get("required", [])
        named = {_name(pattern): field for pattern, field in schema.get("patternProperties", {}).items()}
        for name, field in {**schema["properties"], **named}.items():
            described = {"key": name, "description": self._resolved(field).get("description", "")}
            if name in required:
                yield {**described, "type": "file", "src": "report.csv"}
            else:
                yield {**described, "type": "text", "value": "", "disabled": True}

    def _resolved(self, node: Node) -> Node:
        if "$ref" not in node:
            return node
        found: Any = self._document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return self._resolved(found)


def _name(pattern: str) -> str:
    """A field whose name matches a pattern of the document, such as `total_EUR`."""
    return pattern.strip("^$").replace("[A-Z]{3}", "EUR")


if __name__ == "__main__":
    sys.exit(main())
