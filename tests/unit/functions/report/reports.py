"""Generates reports for tests: rows as dictionaries, the style in which a program writes them, and the bytes."""

import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import COLUMNS
from shared.contracts.workflow import ByteRange
from tests.unit.functions.report.defects import BYTE_ORDER_MARK, Defect

Row = dict[str, str]

BANK: Final = "nordbank"
NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAMPLES: Final = Path(__file__).parents[3] / "reports"
_CURRENCIES: Final = sorted(MINOR_UNITS)
_USUAL_DAY: Final = date(2026, 11, 20)
_DAYS_SINCE_1970: Final = (_USUAL_DAY - date(1970, 1, 1)).days
_ID_START: Final = string.ascii_letters + string.digits


def row(**changes: str) -> Row:
    valid = {
        "transaction_id": "N-1",
        "amount": "12.50",
        "currency": "EUR",
        "timestamp": "2026-11-20T10:00:00Z",
        "bank_id": BANK,
    }
    return valid | changes


def report(
    rows: Iterable[Mapping[str, str] | bytes],
    *,
    columns: Sequence[str] = COLUMNS,
    end: str = "\n",
    quoted: bool = False,
) -> bytes:
    """A report with a header. A row of bytes is written unchanged."""
    header = dict(zip(columns, columns, strict=True))
    return b"".join(
        each + end.encode() if isinstance(each, bytes) else _line(each, columns, columns if quoted else (), end)
        for each in (header, *rows)
    )


def lines_of(rows: Iterable[Mapping[str, str] | bytes], *, end: str = "\n", quoted: bool = False) -> bytes:
    """The same without the header."""
    return report(rows, end=end, quoted=quoted).partition(b"\n")[2]


def numbered(first: int, number: int, **changes: str) -> list[Row]:
    """Valid rows with ids in ascending order."""
    return [row(transaction_id=f"N-{each:04d}", **changes) for each in range(first, first + number)]


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


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a program writes a report. `irregular` is the share of rows that are written in another way.

    Most rows have one shape, so that they are validated in bulk; irregular ones have other quotes, dates, time zones,
    decimals or line ends, so that the validator has to learn another shape.
    """

    seed: int
    rows: int
    columns: tuple[str, ...]
    irregular: float
    quoted: tuple[str, ...]
    end: str
    ids: str
    currencies: Sequence[str]
    fraction: int | None
    zones: tuple[str, ...]
    days: int
    start: bytes
    last_line_ends: bool


_CHOICES: Final[dict[str, list[Any]]] = {
    "irregular": [0.0, 0.002, 0.05, 0.5, 1.0],
    "quoted": [(), COLUMNS, ("amount", "bank_id")],
    "end": ["\n", "\r\n"],
    "ids": ["numbered", "numbered with points", "random", "descending", "long", "any"],
    "currencies": [("EUR",), ("JPY",), ("EUR", "JPY", "KWD", "CLF"), _CURRENCIES],
    "fraction": [0, 0, 3, 6, None],
    "zones": [("Z",), ("+01:00",), ("-11:30", "Z", "+14:00", "-00:00")],
    "days": [1, 5, 100],
    "start": [b"", b"", BYTE_ORDER_MARK, b"\n", BYTE_ORDER_MARK + b"\r\n"],
    "last_line_ends": [True, False],
}


def styles(*, min_rows: int = 1, max_rows: int = 3_000) -> st.SearchStrategy[Style]:
    return st.builds(
        Style,
        seed=st.integers(0, 2**32),
        rows=st.integers(min_rows, max_rows) | st.integers(max(min_rows, max_rows * 2 // 3), max_rows),
        columns=st.permutations(COLUMNS).map(tuple),
        **{name: st.sampled_from(choices) for name, choices in _CHOICES.items()},
    )


def random_style(random: Random, *, max_rows: int) -> Style:
    """The same without hypothesis, for reports by the hundred out of one seed."""
    return Style(
        seed=random.getrandbits(32),
        rows=random.randint(1, max_rows),
        columns=tuple(random.sample(COLUMNS, len(COLUMNS))),
        **{name: random.choice(choices) for name, choices in _CHOICES.items()},
    )


def valid_rows(style: Style) -> list[Row]:
    random = Random(style.seed)
    ids = _ids(style, random)
    return [_row(next(ids), style, random) for _ in range(style.rows)]


def written(rows: Iterable[Row | bytes], style: Style) -> bytes:
    """The report's bytes. A row of bytes is written unchanged."""
    random = Random(style.seed + 1)
    lines = [_line(dict(zip(COLUMNS, COLUMNS, strict=True)), style.columns, style.quoted, style.end)]
    lines.extend(each + b"\n" if isinstance(each, bytes) else _written_row(each, style, random) for each in rows)
    if not style.last_line_ends:
        lines[-1] = lines[-1].rstrip(b"\r\n")
    return style.start + b"".join(lines)


def valid_reports() -> st.SearchStrategy[tuple[bytes, list[Row]]]:
    """Short reports, with their rows."""
    return styles(max_rows=30).map(lambda style: (written(valid_rows(style), style), valid_rows(style)))


def with_defects(
    rows: Sequence[Row], defects: Iterable[Defect], columns: Sequence[str], random: Random
) -> list[Row | bytes]:
    """The rows with each defect in a random row; of two in one row the first may be the only one."""
    changed: list[Row | bytes] = [*rows]
    for defect in defects:
        place = random.randrange(len(changed))
        valid = changed[place]
        if isinstance(valid, dict):
            changed[place] = defect.applied_to({**valid, **defect.valid}, columns)
    return changed


def _ids(style: Style, random: Random) -> Iterator[str]:
    for number in count(1):
        match style.ids:
            case "numbered":
                yield f"N-{number:06d}"
            case "numbered with points":
                yield f"N.{number}"
            case "random":
                yield f"{random.getrandbits(64):016x}{number:x}"
            case "descending":
                yield f"N-{999_999 - number}"
            case "any":
                middle = random.choices(_ID_START + "._-", k=random.randint(0, 50))
                yield f"{random.choice(_ID_START)}{''.join(middle)}_{number}"
            case _:
                yield f"{number:064d}"


def _row(transaction_id: str, style: Style, random: Random) -> Row:
    irregular = random.random() < style.irregular
    currency = random.choice(_CURRENCIES if irregular else style.currencies)
    decimals = random.randint(0, MINOR_UNITS[currency]) if irregular else MINOR_UNITS[currency]
    return row(
        transaction_id=transaction_id,
        amount=_amount(decimals, random, longest=15 if irregular else 5),
        currency=currency,
        timestamp=_timestamp(style, random, irregular=irregular),
    )


def _amount(decimals: int, random: Random, *, longest: int) -> str:
    units = str(random.randint(1, 10 ** (random.randint(1, longest) + decimals) - 1)).rjust(decimals + 1, "0")
    point = len(units) - decimals
    return random.choice(("", "", "-")) + units[:point] + (f".{units[point:]}" if decimals else "")


def _timestamp(style: Style, random: Random, *, irregular: bool) -> str:
    if irregular:
        day = _USUAL_DAY - timedelta(days=random.randint(0, _DAYS_SINCE_1970))
        zone = f"{random.choice('+-')}{random.randint(0, 23):02d}:{random.randint(0, 59):02d}"
    else:
        day = _USUAL_DAY - timedelta(days=random.randrange(style.days))
        zone = random.choice(style.zones)
    time = f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:{random.randint(0, 59):02d}"
    digits = random.randint(0, 6) if irregular or style.fraction is None else style.fraction
    fraction = f".{random.randrange(10**digits):0{digits}d}" if digits else ""
    return f"{day}T{time}{fraction}{zone}"


def _written_row(fields: Row, style: Style, random: Random) -> bytes:
    if random.random() >= style.irregular:
        return _line(fields, style.columns, style.quoted, style.end)
    quoted = [name for name in COLUMNS if random.random() < 0.5]
    return _line(fields, style.columns, quoted, random.choice(("\n", "\r\n", "\n\n", "\r\n\n\r\n")))


def _line(fields: Mapping[str, str], columns: Sequence[str], quoted: Collection[str], end: str) -> bytes:
    cells = (_cell(fields[name], quoted=name in quoted) for name in columns)
    return (",".join(cells) + end).encode()


def _cell(value: str, *, quoted: bool) -> str:
    if not quoted and "," not in value and '"' not in value:
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
