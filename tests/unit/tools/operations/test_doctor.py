"""What the doctor prints about an environment, and its exit code."""

import io
from typing import Any

import pytest
from rich.console import Console

from shared.infra.adoption.aws import NoAnswerError
from shared.infra.adoption.survey import survey
from tests.synth.synthesis import settings_of
from tests.unit.shared.infra.adoption.fakes import OURS, FakeAws, stack
from tools.operations.doctor import report

STACKS = {"data-stack": stack({"aws_sqs_queue.q": {"name": "txn-[red]-dev"}})}


def examined(answers: dict[str, Any], suffix: str = "dev") -> tuple[int, str]:
    out = io.StringIO()
    code = report(survey(STACKS, FakeAws(answers)), settings_of(suffix), Console(file=out, width=200))
    return code, out.getvalue()


def queue(tags: dict[str, str]) -> dict[str, Any]:
    return {"get_queue_url": {"QueueUrl": "url"}, "list_queue_tags": {"Tags": tags}}


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ({}, 0, "1 to create."),
        (queue(OURS), 0, "1 to adopt."),
        (queue(OURS), 0, "Terraform imports it, unless its state has it already."),
        (queue({}), 1, "1 to refuse."),
        (
            queue({}),
            1,
            "queue txn-[red]-dev (data-stack; ours: Application=transaction-pipeline, Environment=dev) has no",
        ),
        ({"get_queue_url": NoAnswerError("AccessDenied")}, 2, "1 unknown."),
        ({"get_queue_url": NoAnswerError("AccessDenied")}, 2, "whether these exist: queue (AccessDenied)."),
    ],
)
def test_the_doctor_shows_what_a_deploy_would_do(answers: dict[str, Any], code: int, said: str) -> None:
    given, text = examined(answers)
    assert given == code
    assert said in text
    assert "data-stack" in text
    assert "txn-[red]-dev" in text


def test_prod_imports_nothing_of_its_own() -> None:
    code, text = examined(queue(OURS), suffix="prod")
    assert code == 0
    assert "the rest must be in Terraform's state" in text
