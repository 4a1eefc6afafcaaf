"""Makes reports for tests: rows as dictionaries, strategies for good ones, bytes out of them."""

import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.rules import COLUMNS
from shared.contracts.workflow import ByteRange

BANK: Final = "nordbank"
NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAMPLES: Final = Path(__file__).parents[3] / "reports"


def row(**changes: str) -> dict[str, str]:
    good = {
        "transaction_id": "N-1",
        "amount": "12.50",
        "currency": "EUR",
        "timestamp": "2026-11-20T10:00:00Z",
        "bank_id": BANK,
    }
    return good | changes


def report(
    rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = COLUMNS, end: str = "\n", quoted: bool = False
) -> bytes:
    mark = '"' if quoted else ""
    records = [columns, *([each[column] for column in columns] for each in rows)]
    return "".join(",".join(f"{mark}{value}{mark}" for value in record) + end for record in records).encode()


def ranges_of(data: bytes, *, max_rows: int) -> list[ByteRange]:
    """Byte ranges of so many rows of a report without empty lines: smaller ones than the validator's."""
    header, *lines = data.splitlines(keepends=True)
    ranges, start = [], len(header)
    for first in range(0, len(lines), max_rows):
        part = lines[first : first + max_rows]
        end = start + sum(map(len, part))
        ranges.append(ByteRange(start=start, end=end, first_line=first + 2, rows=len(part)))
        start = end
    return ranges


def transaction_ids() -> st.SearchStrategy[str]:
    letters = string.ascii_letters + string.digits
    return st.tuples(st.sampled_from(letters), st.text(letters + "._-", max_size=63)).map("".join)


@st.composite
def amounts(draw: st.DrawFn, decimals: int) -> str:
    units = draw(st.integers(1, 10 ** (15 + decimals) - 1))
    digits = str(units).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    sign = draw(st.sampled_from(["", "-"]))
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


@st.composite
def timestamps(draw: st.DrawFn) -> str:
    zone = timezone(timedelta(minutes=draw(st.integers(-23 * 60 - 59, 23 * 60 + 59))))
    first, last = datetime(1971, 1, 1), datetime(2026, 11, 22)  # noqa: DTZ001 - hypothesis wants bounds without a zone
    moment = draw(st.datetimes(first, last, timezones=st.just(zone)))
    timespec = draw(st.sampled_from(["seconds", "milliseconds", "microseconds"]))
    text = moment.isoformat(timespec=timespec)
    return text.replace("+00:00", draw(st.sampled_from(["Z", "+00:00", "-00:00"])))


@st.composite
def good_rows(draw: st.DrawFn, max_rows: int = 30) -> list[dict[str, str]]:
    ids = draw(st.lists(transaction_ids(), min_size=1, max_size=max_rows, unique=True))
    rows = []
    for transaction_id in ids:
        currency = draw(st.sampled_from(sorted(MINOR_UNITS)))
        amount = draw(amounts(draw(st.integers(0, MINOR_UNITS[currency]))))
        rows.append(row(transaction_id=transaction_id, amount=amount, currency=currency, timestamp=draw(timestamps())))
    return rows


@st.composite
def valid_reports(draw: st.DrawFn) -> tuple[bytes, list[dict[str, str]]]:
    rows = draw(good_rows())
    data = report(
        rows,
        columns=draw(st.permutations(COLUMNS)),
        end=draw(st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\r\n\r\n"])),
        quoted=draw(st.booleans()),
    )
    if draw(st.booleans()):
        data = data.rstrip(b"\r\n")
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf", b"\n", b"\xef\xbb\xbf\r\n"])) + data, rows
