"""A slow, obvious validator to compare with: the whole result, line by line, without any code of functions/report.

Its currencies come straight from the ISO list, its times from arithmetic, its quotes from a walk over characters.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Final

from iso4217 import raw_table

NAMES: Final = ("transaction_id", "amount", "currency", "timestamp", "bank_id")
DECIMALS: Final = {
    code: int(str(entry["CcyMnrUnts"]))
    for code, entry in raw_table.items()
    if code and str(entry["CcyMnrUnts"]).isdigit()
}
_EXACT: Final = Context(prec=200)
_LONGEST_LINE: Final = 65_536
_MOST_UNREADABLE: Final = 100_000
_UNREADABLE: Final = ("file.encoding", "row.malformed", "row.column_count")
_STARTS_OF_OTHER_TYPES: Final = (
    b"%PDF-",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\0\0\xfe\xff",
    b"\xff\xfe",
    b"\xfe\xff",
    b"PK\x03\x04",
)

Place = tuple[int, str | None, str]
"""An error's line, column and code."""


class _MalformedError(Exception):
    """A line that is not a record; the code is the first argument."""


@dataclass(kw_only=True)
class Reference:
    """The result by the rules."""

    rows: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    errors: list[Place] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def by_code(self) -> dict[str, int]:
        return dict(Counter(code for _, _, code in self.errors))


def reference_result(data: bytes, *, bank_id: str, now: datetime) -> Reference:
    """Validate a report, without limits on its bytes and on the number of errors."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = list(_lines(data))
    if data and _is_of_another_type(data):
        return Reference(errors=[(1, None, "file.encoding")])
    if not lines:
        return Reference(errors=[(1, None, "file.empty")])
    (line, header), *rest = lines
    try:
        names = _fields(header)
    except _MalformedError as error:
        return Reference(errors=[(line, None, str(error))])
    errors: list[Place] = [(line, name, code) for name, code in _header_codes(names)]
    if errors:
        return Reference(errors=errors)
    if not rest:
        return Reference(errors=[(line, None, "file.no_rows")])
    return _rows_result(rest, names, bank_id, now)


def _rows_result(lines: list[tuple[int, bytes]], names: list[str], bank_id: str, now: datetime) -> Reference:
    result = Reference(rows=len(lines))
    seen: set[str] = set()
    for line, content in lines:
        try:
            values = _fields(content)
        except _MalformedError as error:
            result.errors.append((line, None, str(error)))
            continue
        if len(values) != len(NAMES):
            result.errors.append((line, None, "row.column_count"))
            continue
        row = dict(zip(names, values, strict=True))
        codes = list(_row_codes(row, seen, bank_id, now + timedelta(hours=24)))
        result.errors.extend((line, code.partition(".")[0], code) for code in codes)
        if not codes:
            with localcontext(_EXACT):
                result.totals[row["currency"]] = result.totals.get(row["currency"], Decimal(0)) + Decimal(row["amount"])
    if sum(code in _UNREADABLE for _, _, code in result.errors) > _MOST_UNREADABLE:
        return Reference(errors=[(1, None, "file.unreadable")])
    if result.errors:
        result.totals = {}
    return result


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that are not empty, with their numbers."""
    pieces = data.split(b"\n")
    for number, piece in enumerate(pieces, 1):
        is_last = number == len(pieces)
        content = piece[:-1] if piece.endswith(b"\r") and not is_last else piece
        if content:
            yield number, content


def _is_of_another_type(data: bytes) -> bool:
    if any(data.startswith(start) for start in _STARTS_OF_OTHER_TYPES):
        return True
    return data[0:4:2] == b"\0\0" or data[1:4:2] == b"\0\0"


def _fields(content: bytes) -> list[str]:
    if len(content) > _LONGEST_LINE:
        raise _MalformedError("row.malformed")
    if any(byte < 0x20 and byte != 0x09 for byte in content):
        raise _MalformedError("row.malformed")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _MalformedError("file.encoding") from error
    return _without_quotes(text) if '"' in text else text.split(",")


def _without_quotes(text: str) -> list[str]:
    fields = [""]
    state = "start"
    for char in text:
        if state == "quoted":
            if char == '"':
                state = "quote seen"
            else:
                fields[-1] += char
        elif char == ",":
            fields.append("")
            state = "start"
        elif char == '"' and state == "start":
            state = "quoted"
        elif char == '"' and state == "quote seen":
            fields[-1] += '"'
            state = "quoted"
        elif char == '"' or state == "quote seen":
            raise _MalformedError("row.malformed")
        else:
            fields[-1] += char
            state = "plain"
    if state == "quoted":
        raise _MalformedError("row.malformed")
    return fields


def _header_codes(names: list[str]) -> Iterator[tuple[str, str]]:
    for position, name in enumerate(names):
        if name not in NAMES:
            yield name, "header.unknown_column"
        elif name in names[:position]:
            yield name, "header.duplicate_column"
    for name in NAMES:
        if name not in names:
            yield name, "header.missing_column"


def _row_codes(row: dict[str, str], seen: set[str], bank_id: str, latest: datetime) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", row["transaction_id"]):
        yield "transaction_id.format"
    elif row["transaction_id"] in seen:
        yield "transaction_id.duplicate"
    else:
        seen.add(row["transaction_id"])
    if code := _amount_code(row["amount"], row["currency"]):
        yield code
    if row["currency"] not in DECIMALS:
        yield "currency.unknown"
    if code := _timestamp_code(row["timestamp"], latest):
        yield code
    if row["bank_id"] != bank_id:
        yield "bank_id.mismatch"


def _amount_code(value: str, currency: str) -> str | None:
    digits = value.removeprefix("-")
    whole, point, fraction = digits.partition(".")
    numbers = (whole, fraction) if point else (whole,)
    if not all(number and set(number) <= set("0123456789") for number in numbers):
        return "amount.format"
    if whole.startswith("0") and whole != "0":
        return "amount.format"
    if Decimal(value) == 0:
        return "amount.zero"
    if len(whole) > 15:
        return "amount.range"
    if currency in DECIMALS and len(fraction) > DECIMALS[currency]:
        return "amount.minor_units"
    return None


def _timestamp_code(value: str, latest: datetime) -> str | None:
    found = re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
        r"(?:\.([0-9]{1,6}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))",
        value,
    )
    if not found or found[1] < "1970":
        return "timestamp.format"
    hours, minutes = int(found[9] or 0), int(found[10] or 0)
    if hours > 23 or minutes > 59:
        return "timestamp.format"
    year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
    try:
        local = datetime(year, month, day, hour, minute, second, int((found[7] or "").ljust(6, "0")), UTC)
    except ValueError:
        return "timestamp.format"
    ahead_of_utc = timedelta(hours=hours, minutes=minutes) * (-1 if found[8] == "-" else 1)
    # Local times are compared: the last day of year 9999 has no UTC time in Python.
    return "timestamp.future" if local > latest.astimezone(UTC) + ahead_of_utc else None
