"""Makes long reports for tests, fast: hypothesis draws how a program writes, and the seed of the rows that it wrote.

Most rows look alike, so that they are validated in bulk; some look otherwise: with other quotes, dates, zones, decimals
or line ends, so that what was learned of them has to be learned anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from hypothesis import strategies as st

from tests.unit.functions.report.defects import BROKEN_LINES, WRONG_VALUES
from tests.unit.functions.report.reference import DECIMALS, NAMES
from tests.unit.functions.report.reports import BANK, row

Row = dict[str, str]

CURRENCIES: Final = sorted(DECIMALS)
_USUAL_DAY: Final = date(2026, 11, 20)
_DAYS_SINCE_1970: Final = (_USUAL_DAY - date(1970, 1, 1)).days
_LONG_VALUE: Final = 100
_IDS: Final = ("numbered", "numbered with points", "random", "descending", "long")


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a program writes a report. `strange` is the share of rows that are written in some other way."""

    seed: int
    rows: int
    strange: float
    columns: tuple[str, ...]
    quoted: frozenset[str]
    end: str
    ids: str
    currencies: tuple[str, ...]
    fraction: int | None
    zones: tuple[str, ...]
    days: int
    byte_order_mark: bool
    last_line_ends: bool


def writings(*, min_rows: int = 1, max_rows: int = 3_000) -> st.SearchStrategy[Writing]:
    return st.builds(
        Writing,
        seed=st.integers(0, 2**32),
        rows=st.integers(min_rows, max_rows) | st.integers(max(min_rows, max_rows * 2 // 3), max_rows),
        strange=st.sampled_from([0.0, 0.002, 0.05, 0.5]),
        columns=st.permutations(NAMES).map(tuple),
        quoted=st.sampled_from([frozenset(), frozenset(NAMES), frozenset({"amount", "bank_id"})]),
        end=st.sampled_from(["\n", "\r\n"]),
        ids=st.sampled_from(_IDS),
        currencies=st.sampled_from([("EUR",), ("JPY",), ("EUR", "JPY", "KWD", "CLF"), tuple(CURRENCIES)]),
        fraction=st.sampled_from([0, 0, 3, 6, None]),
        zones=st.sampled_from([("Z",), ("+01:00",), ("-11:30", "Z", "+14:00", "-00:00")]),
        days=st.sampled_from([1, 5, 100]),
        byte_order_mark=st.booleans(),
        last_line_ends=st.booleans(),
    )


def good_rows_of(writing: Writing) -> list[Row]:
    random = Random(writing.seed)
    ids = _ids(writing, random)
    return [_row(next(ids), writing, random) for _ in range(writing.rows)]


def written(rows: Iterable[Row | bytes], writing: Writing) -> bytes:
    """The report's bytes. A row of bytes stands as it is."""
    random = Random(writing.seed + 1)
    lines = [_line(dict(zip(NAMES, NAMES, strict=True)), writing, writing.quoted)]
    lines.extend(each + b"\n" if isinstance(each, bytes) else _written_row(each, writing, random) for each in rows)
    if not writing.last_line_ends:
        lines[-1] = lines[-1].rstrip(b"\r\n")
    return b"\xef\xbb\xbf" * writing.byte_order_mark + b"".join(lines)


def with_defects(rows: list[Row], random: Random, number: int) -> list[Row | bytes]:
    """So many defects at random places: wrong values, several in a row at times, broken lines and repeated ids."""
    invalid: list[Row | bytes] = [*rows]
    for _ in range(number):
        place = random.randrange(len(invalid))
        kind = random.choice(("value", "value", "value", "line", "id"))
        if kind == "line":
            invalid.insert(place, random.choice(BROKEN_LINES)[0])
        elif kind == "id":
            invalid.insert(place, rows[random.randrange(len(rows))])
        else:
            invalid[place] = _spoilt(invalid[place], random)
    return invalid


def with_a_wrong_column(rows: list[Row], random: Random, column: str, share: float) -> list[Row | bytes]:
    """One and the same column is wrong, in this share of the rows."""
    wrong = [value for _, name, value in WRONG_VALUES if name == column and len(value) < _LONG_VALUE]
    favourite = [random.choice(wrong)]
    return [
        each | {column: random.choice(wrong + 99 * favourite)} if random.random() < share else each for each in rows
    ]


def _spoilt(whole: Row | bytes, random: Random) -> Row | bytes:
    if isinstance(whole, bytes):
        return whole
    _, column, value = random.choice(WRONG_VALUES)
    return whole | {column: value}


def _ids(writing: Writing, random: Random) -> Iterator[str]:
    for number in count(1):
        match writing.ids:
            case "numbered":
                yield f"N-{number:06d}"
            case "numbered with points":
                yield f"N.{number}"
            case "random":
                yield f"{random.getrandbits(64):016x}{number:x}"
            case "descending":
                yield f"N-{999_999 - number}"
            case _:
                yield f"{number:064d}"


def _row(transaction_id: str, writing: Writing, random: Random) -> Row:
    strange = random.random() < writing.strange
    currency = random.choice(CURRENCIES if strange else writing.currencies)
    decimals = random.randint(0, DECIMALS[currency]) if strange else DECIMALS[currency]
    return row(
        transaction_id=transaction_id,
        amount=_amount(decimals, random, longest=15 if strange else 5),
        currency=currency,
        timestamp=_timestamp(writing, random, strange=strange),
        bank_id=BANK,
    )


def _amount(decimals: int, random: Random, *, longest: int) -> str:
    units = str(random.randint(1, 10 ** (random.randint(1, longest) + decimals) - 1)).rjust(decimals + 1, "0")
    point = len(units) - decimals
    return random.choice(("", "", "-")) + units[:point] + (f".{units[point:]}" if decimals else "")


def _timestamp(writing: Writing, random: Random, *, strange: bool) -> str:
    if strange:
        day = _USUAL_DAY - timedelta(days=random.randint(0, _DAYS_SINCE_1970))
        suffix = f"{random.choice('+-')}{random.randint(0, 23):02d}:{random.randint(0, 59):02d}"
    else:
        day = _USUAL_DAY - timedelta(days=random.randrange(writing.days))
        suffix = random.choice(writing.zones)
    clock = f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:{random.randint(0, 59):02d}"
    digits = random.randint(0, 6) if strange or writing.fraction is None else writing.fraction
    fraction = f".{random.randrange(10**digits):0{digits}d}" if digits else ""
    return f"{day}T{clock}{fraction}{suffix}"


def _written_row(fields: Row, writing: Writing, random: Random) -> bytes:
    if random.random() >= writing.strange:
        return _line(fields, writing, writing.quoted)
    quoted = frozenset(name for name in NAMES if random.random() < 0.5)
    end = random.choice(("\n", "\r\n", "\n\n", "\r\n\n\r\n"))
    return _line(fields, writing, quoted, end)


def _line(fields: Row, writing: Writing, quoted: frozenset[str], end: str | None = None) -> bytes:
    cells = (_cell(fields[name], quoted=name in quoted) for name in writing.columns)
    return (",".join(cells) + (writing.end if end is None else end)).encode()


def _cell(value: str, *, quoted: bool) -> str:
    if not quoted and not {",", '"'} & set(value):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
