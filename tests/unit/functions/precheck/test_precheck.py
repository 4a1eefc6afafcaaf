"""POST /validate: the answer of the validator, and nothing stored."""

from typing import Any

import pytest

from functions.report.format.definition import MAX_ERRORS
from tests.unit.functions.bank import World, body_of, field
from tests.unit.functions.report.reports import report, row

VALID = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
INVALID = report([row(transaction_id="a", amount="1,5x"), row(transaction_id="a", currency="eur")], quoted=True)


def checked(world: World, content: bytes, *fields: bytes) -> Any:
    answer = world.check(content, *fields)
    assert answer["statusCode"] == 200
    assert not world.uploads.items
    assert not world.bucket.reports
    assert not world.bucket.errors
    return body_of(answer)


def test_a_valid_report_is_answered_with_its_totals(world: World) -> None:
    assert checked(world, VALID, field("rows", "2"), field("total_EUR", "1.25")) == {
        "valid": True,
        "rows": 2,
        "totals": {"EUR": "1.25"},
        "error_count": 0,
        "errors_by_code": {},
        "errors": [],
    }


def test_an_invalid_report_is_answered_with_the_errors_that_its_submission_would_have(world: World) -> None:
    answer = checked(world, INVALID)
    submitted = body_of(world.submit(INVALID))

    assert answer["valid"] is False
    assert answer["totals"] == {}
    for name in ("rows", "error_count", "errors_by_code", "errors"):
        assert answer[name] == submitted[name]


def test_control_totals_are_compared(world: World) -> None:
    answer = checked(world, VALID, field("rows", "3"))

    assert answer["errors_by_code"] == {"control.rows": 1}
    assert answer["valid"] is False


def test_errors_are_listed_up_to_a_limit_and_all_counted(world: World) -> None:
    answer = checked(world, report([row(transaction_id=f"N-{n}", amount="x") for n in range(MAX_ERRORS + 7)]))

    assert answer["error_count"] == MAX_ERRORS + 7
    assert len(answer["errors"]) == MAX_ERRORS


@pytest.mark.parametrize("key", ["", "made-up"])
def test_a_caller_without_a_banks_key_is_refused(world: World, key: str) -> None:
    assert world.check(VALID, key=key)["statusCode"] == 403


def test_a_form_that_cannot_be_read_is_a_bad_request(world: World) -> None:
    assert world.check(VALID, field("memo", "x"))["statusCode"] == 400
