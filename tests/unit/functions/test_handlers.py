"""Entries as Lambda calls them: wired from the environment, with boto3's clients, up to the first call of AWS."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest

from functions.common.aws import clients
from functions.common.settings import SettingsError
from functions.common.times import utc_now
from functions.intake import handler as intake
from functions.notification import handler as notification
from functions.status import handler as status
from functions.sweeper import handler as sweeper
from functions.transformation import handler as transformation
from functions.validation import handler as validation
from shared.contracts.functions import FunctionName
from tests.unit.functions.fakes import FakeContext

WIRED: tuple[Callable[[], object], ...] = (
    intake.wire,
    status.wire,
    validation.wire,
    lambda: transformation.wire("bucket"),
    lambda: notification.wire("bucket"),
    sweeper.wire,
)
CACHES = (intake.wire, status.wire, validation.wire, transformation.wire, notification.wire, sweeper.wire)
VARIABLES = (
    "REPORTS_BUCKET",
    "UPLOADS_TABLE",
    "TRANSACTIONS_TABLE",
    "BANKS_TABLE",
    "OUTCOMES_TOPIC_ARN",
    "STATE_MACHINE_ARN",
)
CLIENTS = (clients.dynamodb, clients.s3, clients.sns, clients.stepfunctions)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nothing listens there: no call may succeed
    yield
    for cached in (*CACHES, *CLIENTS):
        cached.cache_clear()


@pytest.mark.parametrize("handle", [intake.handle, status.handle])
def test_a_caller_without_a_key_is_answered_401_before_any_call(handle: Callable[..., Any]) -> None:
    answer = handle({"headers": {}}, FakeContext())

    assert answer["statusCode"] == 401
    assert json.loads(answer["body"])["title"] == "Unauthorized"


def test_validation_raises_for_a_key_that_is_not_a_reports() -> None:
    event: Any = {"detail": {"bucket": {"name": "b"}, "object": {"key": "other/key"}}}

    with pytest.raises(ValueError, match="other/key"):
        validation.handle(event, FakeContext())


@pytest.mark.parametrize("wire", WIRED)
def test_every_function_names_all_missing_variables(
    wire: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name)

    with pytest.raises(SettingsError, match=r"missing: \w+, \w+"):
        wire()


def test_use_cases_are_wired_once() -> None:
    for wire in WIRED:
        assert wire() is wire()


def test_the_remaining_time_is_lambdas() -> None:
    time = transformation.LambdaTime(context=FakeContext(remaining=2_500), sleep=lambda _seconds: None)

    assert time.remaining() == 2.5


def test_the_clock_has_a_zone() -> None:
    assert utc_now().tzinfo is UTC


def test_every_function_has_its_entry_where_the_contract_expects_it() -> None:
    entries = {
        FunctionName(module.__name__.split(".")[1]): module
        for module in (intake, status, validation, transformation, notification, sweeper)
    }

    assert entries.keys() == set(FunctionName)
    assert all(f"{module.__name__}.handle" == name.handler for name, module in entries.items())
