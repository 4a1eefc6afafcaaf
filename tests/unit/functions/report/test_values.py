"""Rules of values: each invalid one has its code at its line, between a few rows and between many."""

from datetime import UTC, timedelta, timezone
from typing import Final

import pytest

from functions.report.format.definition import MAX_FUTURE
from tests.unit.functions.report.defects import VALUE_DEFECTS, Defect
from tests.unit.functions.report.reference import DECIMALS
from tests.unit.functions.report.reports import NOW, numbered, report, row
from tests.unit.functions.report.results import agreed_result_on, places, result_on

LEARNED: Final = 60
"""Rows after which the validator has learned their shape."""


@pytest.mark.parametrize("defect", VALUE_DEFECTS, ids=lambda defect: f"{defect.code} {defect.name[:30]!a}")
@pytest.mark.parametrize(("around", "quoted"), [(1, True), (LEARNED, True), (LEARNED, False)])
def test_an_invalid_value_has_its_code_at_its_line_and_the_next_rows_have_theirs(
    defect: Defect, around: int, *, quoted: bool
) -> None:
    spoiled = defect.applied_to(row(transaction_id="M-1") | dict(defect.valid), ())
    rows = [*numbered(0, around), spoiled, row(transaction_id="M-2", currency="eur"), *numbered(500, around)]

    result = agreed_result_on(report([*rows, row(transaction_id="z", bank_id="x")], quoted=quoted))

    assert places(result) == [
        (around + 2, defect.column, defect.code),
        (around + 3, "currency", "currency.unknown"),
        (2 * around + 4, "bank_id", "bank_id.mismatch"),
    ]
    assert result.rows == 2 * around + 3


@pytest.mark.parametrize("currency", DECIMALS)
def test_each_currency_allows_its_decimals_and_no_more(currency: str) -> None:
    decimals = DECIMALS[currency]
    point = "." if decimals else ""
    least = f"0{point}{'1'.rjust(decimals, '0')}" if decimals else "1"
    most = "9" * 15 + point + "9" * decimals
    learned = numbered(0, LEARNED, amount=f"1{point}{'0' * decimals}", currency=currency)
    limits = [row(transaction_id=f"M-{each}", amount=each, currency=currency) for each in (least, "-" + least, most)]
    valid = [*learned, *limits]

    assert places(agreed_result_on(report(valid))) == []
    beyond = row(transaction_id="z", amount=f"1.{'0' * decimals}0", currency=currency)
    zero = row(transaction_id="zz", amount=f"-0{point}{'0' * decimals}", currency=currency)
    assert places(agreed_result_on(report([*valid, beyond, zero]))) == [
        (len(valid) + 2, "amount", "amount.minor_units"),
        (len(valid) + 3, "amount", "amount.zero"),
    ]


def test_decimals_are_not_validated_in_an_unknown_currency() -> None:
    result = result_on(report([row(amount="1.23456789", currency="???")]))

    assert places(result) == [(2, "currency", "currency.unknown")]


ZONES: Final = ["-23:59", "-12:01", "-12:00", "-11:59", "-00:00", "Z", "+00:01", "+12:00", "+14:00", "+23:59"]


def after_the_latest(duration: timedelta, zone: str) -> str:
    """The time so long after the latest valid one, in a time zone."""
    sign = -1 if zone.startswith("-") else 1
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:]))
    offset = timezone(sign * timedelta(hours=hours, minutes=minutes)) if zone != "Z" else UTC
    local = (NOW + MAX_FUTURE + duration).astimezone(offset).replace(tzinfo=None)
    return local.isoformat(timespec="microseconds") + zone


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-23", "2026-11-24"])
def test_the_latest_time_is_exact_in_every_zone_whatever_was_learned(zone: str, day: str) -> None:
    # The early hours of a day are learned; its late ones may be too late.
    learned = [
        row(transaction_id=f"L-{number:03d}", timestamp=f"{day}T00:00:00.{number:06d}{ZONES[number % len(ZONES)]}")
        for number in range(300)
    ]
    valid = [
        each
        for each in learned
        if not (day == "2026-11-24" and each["timestamp"][-6:] in {"-23:59", "-12:01", "-12:00"})
    ]
    limit = row(transaction_id="limit", timestamp=after_the_latest(timedelta(), zone))
    beyond = row(transaction_id="beyond", timestamp=after_the_latest(timedelta(microseconds=1), zone))

    assert places(agreed_result_on(report([*valid, limit]))) == []
    assert places(agreed_result_on(report([*valid, limit, beyond, *numbered(0, LEARNED)]))) == [
        (len(valid) + 3, "timestamp", "timestamp.future")
    ]


@pytest.mark.parametrize("learned", [0, LEARNED])
@pytest.mark.parametrize(
    "timestamp",
    [
        *("1970-01-01T00:00:00+23:59", "1970-01-01T00:00:00-23:59", "2000-02-29T23:59:59.999999Z"),
        *("2024-02-29T00:00:00-00:00", "2026-11-24T12:59:59+01:00"),
    ],
)
def test_the_year_1970_as_written_leap_days_and_every_zone_are_valid(timestamp: str, learned: int) -> None:
    rows = [*numbered(0, learned), row(transaction_id="z", timestamp=timestamp)]

    assert places(agreed_result_on(report(rows))) == []


@pytest.mark.parametrize("timestamp", ["T10:00:00", "2026-11-20T10:00:00", "T10:00:00Z"])
def test_a_timestamp_that_all_rows_have_is_not_valid_for_that(timestamp: str) -> None:
    assert result_on(report(numbered(0, 100, timestamp=timestamp))).errors_by_code == {"timestamp.format": 100}


def test_the_later_rows_are_duplicates_and_ids_differ_by_case() -> None:
    result = result_on(report(row(transaction_id=each) for each in ("a", "A", "b", "a", "a")))

    assert places(result) == [(line, "transaction_id", "transaction_id.duplicate") for line in (5, 6)]
    assert all("already used on line 2" in error.message for error in result.errors)


def test_an_invalid_id_is_no_duplicate_however_often_it_occurs() -> None:
    rows = [row(transaction_id="-x" if n % 2 else f"N-{n}") for n in range(200)]

    assert result_on(report(rows)).errors_by_code == {"transaction_id.format": 100}


def test_values_are_shown_cut_and_printable() -> None:
    rows = [row(transaction_id="a\u202eb\tc"), row(transaction_id="x" * 500), row(transaction_id="Ünïcode")]

    values = [error.value for error in result_on(report(rows)).errors]

    assert values == ["a\\u202eb\\tc", "x" * 79 + "…", "Ünïcode"]


@pytest.mark.parametrize("column", ["transaction_id", "amount", "currency", "timestamp"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_field_is_to_be_filled_in(column: str, value: str) -> None:
    result = result_on(report([row(**{column: value})]))
    (error,) = [each for each in result.errors if each.column == column]
    assert error.message.endswith(": the field is empty, fill it in")
