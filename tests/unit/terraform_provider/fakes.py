"""A cloud that answers as it is told, and remembers what it was asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Resource
from terraform_provider.schema import load_schemas
from terraform_provider.session import Access, Session, Settings

Call = tuple[str, dict[str, Any]]


class FakeClient:
    """Answers each operation with the next of its answers; the last one stays."""

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        self.calls: list[Call] = []
        self._answers = {name: list(given) for name, given in answers.items()}

    def __getattr__(self, name: str) -> Any:
        def operation(**request: Any) -> Any:
            self.calls.append((name, request))
            answers = self._answers[name]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return operation

    def requests(self, name: str) -> list[dict[str, Any]]:
        """The requests of one operation, in order."""
        return [request for called, request in self.calls if called == name]


class FakeClients:
    """One fake client for every service."""

    def __init__(self, client: FakeClient) -> None:
        self._client = client

    def get(self, _access: Access) -> FakeClient:
        return self._client


def settings(**given: Any) -> Settings:
    defaults: dict[str, Any] = {"region": "eu-central-1", "default_tags": {}, "endpoints": {"": "http://localhost"}}
    return Settings(**{**defaults, **given})


def session(client: FakeClient | None = None, *, assets: Path = Path("nowhere"), **given: Any) -> Session:
    return Session(settings(**given), clients=FakeClients(client or FakeClient({})), assets=assets)


def resource(type_name: str, client: FakeClient | None = None, **given: Any) -> Resource:
    return Resource(
        session=session(client, **given),
        kind=RESOURCE_TYPES[type_name],
        block=load_schemas().resources[type_name],
    )


def gone(code: str = "ResourceNotFoundException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no such thing"}}, "Describe")
