"""docs/openapi.yaml describes the deployed API: its paths, methods, parameters, keys, and API Gateway's own answers."""

from copy import deepcopy
from typing import Any

from stacks.api.gateway_responses import GATEWAY_RESPONSES
from stacks.api.routes import DECLARATION, STAGE
from tests.synth.synthesis import Synthesis
from tests.unit.functions.api_document import API

WHERE = {"querystring": "query", "path": "path"}
BY_API_GATEWAY = {each.status for each in GATEWAY_RESPONSES if each.status}
ELSEWHERE = {404}  # no such path


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {(path, method): each for path, methods in API["paths"].items() for method, each in methods.items()}


def deployed(dev: Synthesis) -> dict[tuple[str, str], dict[str, Any]]:
    """The synthesized methods by path and method."""
    parts = {each.address: each.body for each in dev.of("aws_api_gateway_resource")}
    return {
        (_path(each.body["resource_id"], parts) or "/", each.body["http_method"].lower()): each.body
        for each in dev.of("aws_api_gateway_method")
    }


def _path(reference: str, parts: dict[str, dict[str, Any]]) -> str:
    body = parts.get(reference.removeprefix("${").removesuffix(".id}"))
    return f"{_path(body['parent_id'], parts)}/{body['path_part']}" if body else ""


def test_paths_and_methods_are_the_deployed_ones(dev: Synthesis) -> None:
    assert operations().keys() == deployed(dev).keys()
    assert API["servers"][0]["url"] == f"/{STAGE}"


def test_parameters_are_the_deployed_ones(dev: Synthesis) -> None:
    for place, method in deployed(dev).items():
        sent = [name.split(".")[2:] for name in method.get("request_parameters") or ()]
        described = {(each["in"], each["name"]) for each in operations()[place].get("parameters", [])}
        assert {(WHERE[where], name) for where, name in sent if where in WHERE} == described


def test_every_method_requires_the_key_as_described(dev: Synthesis) -> None:
    assert API["security"] == [{"apiKey": []}]
    for place, method in deployed(dev).items():
        assert method["api_key_required"] is bool(operations()[place].get("security", API["security"]))


def test_the_model_of_a_declaration_is_the_described_schema_without_what_the_function_answers() -> None:
    described = deepcopy(API["components"]["schemas"]["Declaration"])
    del described["properties"]["size"]["maximum"]
    for each in described["properties"].values():
        del each["description"]

    assert described == {name: value for name, value in DECLARATION.items() if name != "$schema"}


def test_what_api_gateway_answers_by_itself_is_described() -> None:
    described = {int(status) for each in operations().values() for status in each["responses"] if status.isdigit()}
    client_errors = {status for status in BY_API_GATEWAY if status < 500}

    assert client_errors - ELSEWHERE <= described
    assert all("5XX" in each["responses"] for each in operations().values())
