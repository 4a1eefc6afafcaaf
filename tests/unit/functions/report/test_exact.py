"""Every violation has its own code at its line in the middle of a long report too, after its rows have been learned."""

from datetime import UTC, timedelta, timezone
from typing import Final

import pytest

from functions.report.format.rules import COLUMNS, MAX_FUTURE
from functions.report.validator import validate_report
from tests.unit.functions.report.agreement import assert_agreement
from tests.unit.functions.report.defects import BROKEN_LINES, WRONG_VALUES
from tests.unit.functions.report.reference import DECIMALS
from tests.unit.functions.report.reports import BANK, NOW, report, row

LATEST: Final = NOW + MAX_FUTURE
ROWS: Final = 60
"""Good rows before a violation, and as many behind it: enough to have learned how they look."""


def good_rows(first: int, **changes: str) -> list[dict[str, str]]:
    return [row(transaction_id=f"N-{number:04d}", **changes) for number in range(first, first + ROWS)]


def good_lines(first: int, *, quoted: bool = False, end: str = "\n") -> bytes:
    lines = report(good_rows(first), quoted=quoted, end=end)
    return lines[lines.index(b"\n") + 1 :]


def places(data: bytes) -> list[tuple[int, str | None, str]]:
    assert_agreement(data)
    return [(each.line, each.column, each.code.value) for each in validate_report(data, bank_id=BANK, now=NOW).errors]


@pytest.mark.parametrize(("code", "column", "value"), WRONG_VALUES)
@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "plain"])
def test_a_wrong_value_amid_many_good_rows_has_its_own_code(
    code: str, column: str, value: str, *, quoted: bool
) -> None:
    middle = [row(transaction_id="M-1") | {column: value}, row(transaction_id="M-2", currency="eur")]

    data = report(
        [*good_rows(0), *middle, *good_rows(500), row(transaction_id="z", bank_id="x")], quoted=quoted or "," in value
    )

    last = 2 + len(middle) + 2 * ROWS
    assert places(data) == [
        (ROWS + 2, column, code),
        (ROWS + 3, "currency", "currency.unknown"),
        (last, "bank_id", "bank_id.mismatch"),
    ]


@pytest.mark.parametrize(("line", "code", "hint"), BROKEN_LINES)
@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "plain"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_broken_line_amid_many_good_rows_is_the_only_one_that_suffers(
    line: bytes, code: str, hint: str, end: str, *, quoted: bool
) -> None:
    header = report([], end=end)
    wrong = (
        good_lines(0, quoted=quoted, end=end)
        .split(b"\n", maxsplit=1)[0]
        .replace(b"EUR", b"eur")
        .replace(b"N-0000", b"M-1")
    )

    data = header + good_lines(0, quoted=quoted, end=end) + line + b"\r\n" + wrong + b"\n" + good_lines(500, end=end)

    assert places(data) == [(ROWS + 2, None, code), (ROWS + 3, "currency", "currency.unknown")]
    assert hint in validate_report(data, bank_id=BANK, now=NOW).errors[0].message


@pytest.mark.parametrize("before", [b"", good_lines(0)], ids=["short", "long"])
@pytest.mark.parametrize("broken", [b"\x80", b"\xbf", b"\xc3", b"\xe2\x82", b"\xff", b"\xf8\x88\x80\x80\x80"])
def test_bytes_that_are_not_utf_8_are_told_with_their_offset_in_the_file(before: bytes, broken: bytes) -> None:
    head = report([]) + before + b"A\xc3\xa9"
    data = head + broken + b",1.00,EUR,2026-11-20T00:00:00Z,nordbank\n"

    problem = validate_report(data, bank_id=BANK, now=NOW).errors[0]

    assert problem.code == "file.encoding"
    assert problem.message.startswith(f"byte {len(head)} of the file (0x{broken[0]:02x}) is not UTF-8")


@pytest.mark.parametrize("before", [b"", good_lines(0)], ids=["short", "long"])
def test_an_open_quote_is_told_where_it_opened_and_swallows_no_row(before: bytes) -> None:
    start = report([]) + before
    line = start.count(b"\n") + 1
    wrong = report([row(transaction_id="M-2", amount="1e5")]).split(b"\n")[1]

    data = start + b'M-1,1.00,"EUR,2026-11-20T00:00:00Z,nordbank\n' + wrong + b"\n" + good_lines(500)

    assert places(data) == [(line, None, "row.malformed"), (line + 1, "amount", "amount.format")]
    message = validate_report(data, bank_id=BANK, now=NOW).errors[0].message
    assert message.startswith("character 10: a quoted field is not closed")


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\n\r\n\n"])
def test_empty_lines_count_between_learned_rows(end: str) -> None:
    rows = [*good_rows(0), row(transaction_id="M-1", amount="0"), *good_rows(500), row(transaction_id="N-0000")]
    step = end.count("\n")

    assert places(report(rows, end=end)) == [
        (1 + step * (ROWS + 1), "amount", "amount.zero"),
        (1 + step * (2 * ROWS + 2), "transaction_id", "transaction_id.duplicate"),
    ]


@pytest.mark.parametrize("currency", DECIMALS)
def test_each_currency_takes_its_decimals_and_no_more(currency: str) -> None:
    decimals = DECIMALS[currency]
    point = "." if decimals else ""
    least = f"0{point}{'1'.rjust(decimals, '0')}" if decimals else "1"
    most = "9" * 15 + point + "9" * decimals
    learned = good_rows(0, amount=f"1{point}{'0' * decimals}", currency=currency)
    limits = [row(transaction_id=f"M-{each}", amount=each, currency=currency) for each in (least, "-" + least, most)]
    good = [*learned, *limits]

    assert places(report(good)) == []
    beyond = row(transaction_id="z", amount=f"1.{'0' * decimals}0", currency=currency)
    zero = row(transaction_id="zz", amount=f"-0{point}{'0' * decimals}", currency=currency)
    assert places(report([*good, beyond, zero])) == [
        (len(good) + 2, "amount", "amount.minor_units"),
        (len(good) + 3, "amount", "amount.zero"),
    ]


ZONES: Final = ["-23:59", "-12:01", "-12:00", "-11:59", "-00:00", "Z", "+00:01", "+12:00", "+14:00", "+23:59"]


def shown(moment_after: timedelta, zone: str) -> str:
    """The latest allowed moment, and so long after it, by the clocks of a zone."""
    sign = -1 if zone.startswith("-") else 1
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:]))
    offset = timezone(sign * timedelta(hours=hours, minutes=minutes)) if zone != "Z" else UTC
    clock = (LATEST + moment_after).astimezone(offset).replace(tzinfo=None)
    return clock.isoformat(timespec="microseconds") + zone


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-23", "2026-11-24"])
def test_the_latest_moment_is_exact_in_every_zone_whatever_was_learned(zone: str, day: str) -> None:
    # The early hours of a day are learned; its late ones may be too late.
    learned = [
        row(transaction_id=f"L-{number:03d}", timestamp=f"{day}T00:00:00.{number:06d}{ZONES[number % len(ZONES)]}")
        for number in range(300)
    ]
    good = [
        each
        for each in learned
        if not (day == "2026-11-24" and each["timestamp"][-6:] in {"-23:59", "-12:01", "-12:00"})
    ]
    limit = row(transaction_id="limit", timestamp=shown(timedelta(), zone))
    beyond = row(transaction_id="beyond", timestamp=shown(timedelta(microseconds=1), zone))

    assert places(report([*good, limit])) == []
    assert places(report([*good, limit, beyond, *good_rows(0)])) == [(len(good) + 3, "timestamp", "timestamp.future")]


@pytest.mark.parametrize("learned", [0, ROWS])
@pytest.mark.parametrize(
    "timestamp",
    ["1970-01-01T00:00:00+23:59", "1970-01-01T00:00:00-23:59", "2000-02-29T23:59:59.999999Z", "2024-02-29T00:00:00Z"],
)
def test_the_earliest_moments_and_leap_days_are_accepted(timestamp: str, learned: int) -> None:
    assert places(report([*good_rows(0)[:learned], row(transaction_id="z", timestamp=timestamp)])) == []


@pytest.mark.parametrize(
    "columns", [COLUMNS, COLUMNS[::-1], ("currency", "bank_id", "amount", "timestamp", "transaction_id")]
)
@pytest.mark.parametrize("last", ["N-9\n", "N-9", "N-9\r"])
def test_the_last_row_is_validated_like_the_others(columns: tuple[str, ...], last: str) -> None:
    data = report([*good_rows(0), row(transaction_id="N-9")], columns=columns).removesuffix(b"\n")
    ending = last.removeprefix("N-9").encode()

    expected = [(ROWS + 2, None, "row.malformed")] if ending == b"\r" else []
    assert places(data + ending) == expected
