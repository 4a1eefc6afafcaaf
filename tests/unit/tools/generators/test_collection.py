from typing import Any

import pytest

from tests.unit.functions.api_document import API
from tools.generators.collection import COLLECTION, collection, text

_METHODS = ("get", "post")


def _requests() -> dict[tuple[str, str], dict[str, Any]]:
    requests = [item["request"] for item in collection()["item"]]
    return {(each["method"], each["url"]["raw"]): each for each in requests}


def test_the_committed_collection_is_what_the_document_says() -> None:
    assert COLLECTION.read_text(encoding="utf-8") == text(), "run `./dev generate` and commit the collection"


def test_every_operation_of_the_document_is_a_request() -> None:
    operations = {
        (method.upper(), "{{baseUrl}}" + path.replace("{", ":").replace("}", ""))
        for path, item in API["paths"].items()
        for method in _METHODS
        if method in item
    }
    assert set(_requests()) == operations


def test_a_report_is_a_file_of_the_form() -> None:
    body = _requests()["POST", "{{baseUrl}}/upload"]["body"]
    assert body["mode"] == "formdata"
    assert [each["key"] for each in body["formdata"] if each["type"] == "file"] == ["report"]
    assert {each["key"] for each in body["formdata"]} == {"report", "sha256", "rows", "total_EUR"}


def test_a_declaration_is_the_documents_example() -> None:
    body = _requests()["POST", "{{baseUrl}}/uploads"]["body"]
    assert (body["mode"], body["options"]) == ("raw", {"raw": {"language": "json"}})
    assert '"sha256"' in body["raw"]


@pytest.mark.parametrize("path", sorted(API["paths"]))
def test_a_parameter_of_the_path_is_a_variable(path: str) -> None:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    for (_, raw), request in _requests().items():
        if raw == "{{baseUrl}}" + path.replace("{", ":").replace("}", ""):
            assert [each["key"] for each in request["url"].get("variable", [])] == names
