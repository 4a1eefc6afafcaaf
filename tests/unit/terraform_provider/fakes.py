"""A cloud that gives the configured responses and records its requests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition, Resource
from terraform_provider.schema import load_schemas
from terraform_provider.session import Session, Settings


class FakeClient:
    """Responds to each operation with the next of its responses, and repeats the last one."""

    def __init__(self, responses: Mapping[str, list[Any]]) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._responses = {name: list(given) for name, given in responses.items()}

    def __getattr__(self, name: str) -> Any:
        def operation(**request: Any) -> Any:
            self.calls.append((name, request))
            responses = self._responses[name]
            response = responses.pop(0) if len(responses) > 1 else responses[0]
            if isinstance(response, Exception):
                raise response
            return response

        return operation

    def requests(self, name: str) -> list[dict[str, Any]]:
        """The requests of one operation, in order."""
        return [request for called, request in self.calls if called == name]


def session(client: FakeClient | None = None, *, assets: Path = Path("nowhere"), **given: Any) -> Session:
    defaults: dict[str, Any] = {"region": "eu-central-1", "default_tags": {}, "endpoint": "http://localhost"}
    return Session(Settings(**{**defaults, **given}), client_for=lambda _: client or FakeClient({}), assets=assets)


def definition(type_name: str) -> Definition:
    return Definition(kind=RESOURCE_TYPES[type_name], block=load_schemas().resources[type_name])


def resource(type_name: str, client: FakeClient | None = None, **given: Any) -> Resource:
    known = definition(type_name)
    return Resource(session=session(client, **given), kind=known.kind, block=known.block)


def client_error(code: str = "ResourceNotFoundException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not found"}}, "Describe")
