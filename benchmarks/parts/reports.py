"""Makes reports to measure with, row by row and of any size: the same arguments make the same bytes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from benchmarks.parts.submission import BANK
from functions.report.format.definition import COLUMNS
from shared.repository import ROOT

REPEATED_LINE: Final = 7
"""A planted duplicate repeats the id on this line; the header is line 1."""
_SEED: Final = 5
_ENDINGS: Final = 16_384
"""How many different row endings are drawn from: enough that no contender can cache them, and quick to make."""
_CURRENCIES: Final = {"EUR": 39, "USD": 26, "SEK": 10, "GBP": 10, "CHF": 6, "JPY": 5, "KWD": 3, "CLF": 1}
"""How often each occurs among a hundred rows, as in the sample report of Nordbank."""
_NEGATIVE: Final = 0.065
"""The share of negative amounts, as in the sample report."""
_DECIMALS: Final = {"JPY": 0, "KWD": 3, "CLF": 4}
_ZONES: Final = ("Z", "Z", "Z", "+01:00", "-05:00")
_BATCH: Final = 4_096
_INVALID: Final = (" 1", "1e2", "eur", "2026-11-20", "nordbank-as")


class Kind(NamedTuple):
    """One kind of report; `row` turns a numbered, plain and valid row into one of this kind, both without line end."""

    name: str
    title: str
    row: Callable[[Random, str], str]
    valid: bool = True
    line_end: str = "\n"


def _random_id(random: Random, row: str) -> str:
    return f"{random.getrandbits(128):032x},{row.partition(',')[2]}"


def _quoted(_: Random, row: str) -> str:
    return '"' + row.replace(",", '","') + '"'


def _invalid_currency(_: Random, row: str) -> str:
    transaction_id, amount, currency, rest = row.split(",", 3)
    return f"{transaction_id},{amount},{currency.lower()},{rest}"


def _invalid_anywhere(random: Random, row: str) -> str:
    fields = row.split(",")
    column = random.randrange(len(fields))
    fields[column] = _INVALID[column]
    return ",".join(fields)


_ALL: Final = (
    Kind("numbered", "numbered ids", lambda _, row: row),
    Kind("random", "random ids", _random_id),
    Kind("quoted", "numbered ids, all quoted, CRLF", _quoted, line_end="\r\n"),
    Kind("invalid-currency", "every row invalid, in one column", _invalid_currency, valid=False),
    Kind("invalid-anywhere", "every row invalid, in any column", _invalid_anywhere, valid=False),
)
KINDS: Final = {kind.name: kind for kind in _ALL}


def lines(kind: Kind, rows: int, *, duplicate: bool = False) -> Iterator[str]:
    """The report's lines with their ends, header first.

    Args:
        kind: what the rows look like.
        rows: how many.
        duplicate: whether the last row repeats an id from the beginning of the report.
    """
    random = Random(_SEED)  # noqa: S311  it has to be the same each time
    endings = [_ending(random) for _ in range(_ENDINGS)]
    header = ",".join(COLUMNS)
    yield (_quoted(random, header) if kind.name == "quoted" else header) + kind.line_end
    repeated = ""
    for first in range(0, rows, _BATCH):
        numbers = range(first, min(first + _BATCH, rows))
        for number, ending in zip(numbers, random.choices(endings, k=len(numbers)), strict=True):
            row = kind.row(random, f"NORDBANK-20261120-{number:07},{ending}")
            if number + 2 == REPEATED_LINE:
                repeated = row
            yield (repeated if duplicate and number == rows - 1 else row) + kind.line_end


def _ending(random: Random) -> str:
    (currency,) = random.choices(tuple(_CURRENCIES), tuple(_CURRENCIES.values()))
    amount = f"{random.lognormvariate(3.2, 1.6) + 1:.{_DECIMALS.get(currency, 2)}f}"
    sign = "-" if random.random() < _NEGATIVE else ""
    second = random.randrange(86_400)
    time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"{sign}{amount},{currency},2026-11-20T{time}{random.choice(_ZONES)},{BANK}"


def fitting(texts: Iterable[str], most_bytes: int) -> Iterator[str]:
    """The first lines, as many as fit into so many bytes."""
    for text in texts:
        most_bytes -= len(text)
        if most_bytes < 0:
            return
        yield text


def write(path: Path, texts: Iterable[str]) -> int:
    """Write a report line by line; returns its size in bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(texts)
    return path.stat().st_size


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for reports inside the clone, for they may be too large for /tmp; removed at the end."""
    local = ROOT / ".local"
    local.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=local, prefix="bench-") as folder:
        yield Path(folder)
