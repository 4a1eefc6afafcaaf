"""Entries as Lambda calls them: wired from the environment, with boto3's clients, up to the first call of AWS."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest

from functions.common.aws import clients
from functions.common.deadline import RESERVE_SECONDS, Deadline
from functions.common.errors import DeadlineExceededError, TemporaryError
from functions.common.settings import SettingsError
from functions.common.times import utc_now
from functions.declaration import handler as declaration
from functions.intake import handler as intake
from functions.notification import handler as notification
from functions.precheck import handler as precheck
from functions.status import handler as status
from functions.sweeper import handler as sweeper
from functions.transactions import handler as transactions
from functions.transformation import handler as transformation
from functions.validation import handler as validation
from functions.web import handler as web
from shared.contracts.functions import FunctionName
from tests.unit.functions.fakes import FakeContext, clock
from tests.unit.functions.report.reports import NOW

WIRED: tuple[Callable[[], object], ...] = (
    intake.wire,
    declaration.wire,
    status.wire,
    transactions.wire,
    validation.wire,
    lambda: transformation.wire("bucket"),
    lambda: notification.wire("bucket"),
    sweeper.wire,
)
CACHES = (
    intake.wire,
    declaration.wire,
    status.wire,
    transactions.wire,
    precheck.wire,
    validation.wire,
    transformation.wire,
    notification.wire,
    sweeper.wire,
)
ENTRIES = (
    *(intake, declaration, precheck, status, transactions, web),
    *(validation, transformation, notification, sweeper),
)
TRANSFORMATION = {
    "version": 2,
    "upload_id": "u1",
    "bank_id": "nordbank",
    "attempt": "a1",
    "bucket": "b",
    "key": "reports/nordbank/u1",
    "etag": "e",
    "columns": [],
    "range": {"start": 0, "end": 1, "first_line": 2, "rows": 1},
}
VARIABLES = (
    "REPORTS_BUCKET",
    "UPLOADS_TABLE",
    "TRANSACTIONS_TABLE",
    "BANKS_TABLE",
    "OUTCOMES_TOPIC_ARN",
    "STATE_MACHINE_ARN",
    "LARGE_STATE_MACHINE_ARN",
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


@pytest.mark.parametrize("handle", [each.handle for each in (intake, declaration, precheck, status, transactions)])
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


def time_left(*, invocation: float, execution: float) -> transformation.InvocationTime:
    """Seconds until Lambda ends the invocation, and until the execution gives up."""
    deadline = Deadline(at=NOW + timedelta(seconds=execution), clock=clock)
    context = FakeContext(remaining=int(invocation * 1000))
    return transformation.InvocationTime(context=context, deadline=deadline, sleep=lambda _seconds: None)


def test_calls_may_begin_until_the_longest_one_would_not_end_before_lambda_does() -> None:
    assert time_left(invocation=RESERVE_SECONDS + 2.5, execution=100).remaining() == pytest.approx(2.5)
    assert time_left(invocation=60, execution=7).remaining() == pytest.approx(7)
    time_left(invocation=RESERVE_SECONDS + 1, execution=1).check()
    with pytest.raises(TemporaryError, match="Lambda would end this run"):
        time_left(invocation=RESERVE_SECONDS, execution=100).check()
    with pytest.raises(DeadlineExceededError):
        time_left(invocation=RESERVE_SECONDS, execution=0).check()


def test_transformation_gives_up_when_its_execution_has_no_time_left() -> None:
    event: Any = {**TRANSFORMATION, "started_at": "2026-11-20T10:00:00.000Z"}

    with pytest.raises(DeadlineExceededError):
        transformation.handle(event, FakeContext())


def test_the_clock_has_a_zone() -> None:
    assert utc_now().tzinfo is UTC


def test_every_function_has_its_entry_where_the_contract_expects_it() -> None:
    entries = {module.__name__.split(".")[1]: module for module in ENTRIES}

    assert {name.handler for name in FunctionName} == {f"{module.__name__}.handle" for module in entries.values()}
    assert {name.folder for name in FunctionName} == entries.keys()
