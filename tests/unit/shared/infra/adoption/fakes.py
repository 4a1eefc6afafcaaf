"""An AWS with scripted answers, and stacks that declare a little."""

from collections.abc import Mapping
from typing import Any

from shared.infra.adoption.aws import NoAnswerError

OURS = {"Application": "transaction-pipeline", "Environment": "dev"}
THEIRS = {"Application": "payroll", "Environment": "prod", "Password": "hunter2"}


class FakeAws:
    """Answers each operation from a table: by the operation, or by it and one of the parameters' values.

    An answer that is an error is raised; what is not in the table does not exist.
    """

    region = "eu-central-1"
    account_id = "123456789012"
    partition = "aws"

    def __init__(self, answers: Mapping[str, Mapping[str, Any] | NoAnswerError]) -> None:
        self.answers = answers
        self.asked: list[tuple[Any, ...]] = []

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        self.asked.append((service, *parameters.values()))
        names = [f"{operation} {value}" for value in parameters.values()]
        answer = next((self.answers[name] for name in [*names, operation] if name in self.answers), None)
        if isinstance(answer, NoAnswerError):
            raise answer
        return answer

    def all(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        return self.ask(service, operation, **parameters) or {}


def stack(resources: Mapping[str, Mapping[str, Any]], *, environment: str = "dev", **more: Any) -> dict[str, Any]:
    """A stack's JSON; resources by address."""
    content: dict[str, dict[str, Any]] = {}
    for address, body in resources.items():
        type_, _, id_ = address.partition(".")
        content.setdefault(type_, {})[id_] = body
    tags = {**OURS, "Environment": environment}
    return {"provider": {"aws": [{"default_tags": [{"tags": tags}]}]}, "resource": content, **more}
