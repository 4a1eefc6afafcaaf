"""Reports to measure with: the same bytes for the same arguments, row by row, so that any size can be had."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.parts.submission import BANK

HEADER: Final = "transaction_id,amount,currency,timestamp,bank_id"
_SEED: Final = 5
_ENDINGS: Final = 16_384
"""So many different row ends are drawn from: enough that nothing learns them, and quick to make."""
_CURRENCIES: Final = {"EUR": 39, "USD": 26, "SEK": 10, "GBP": 10, "CHF": 6, "JPY": 5, "KWD": 3, "CLF": 1}
"""How often each stands among a hundred rows, as in the sample report of Nordbank."""
_DECIMALS: Final = {"JPY": 0, "KWD": 3, "CLF": 4}
_ZONES: Final = ("Z", "Z", "Z", "+01:00", "-05:00")
_BATCH: Final = 4_096
REPEATED_LINE: Final = 7
"""A planted duplicate repeats the id on this line, the header being line 1."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of report.

    `row` makes a row's text, without its line end, of a row that is numbered, plain and good.
    """

    name: str
    title: str
    good: bool
    row: Callable[[Random, str], str]
    line_end: str = "\n"


def _as_it_is(_: Random, row: str) -> str:
    return row


def _random_id(random: Random, row: str) -> str:
    return f"{random.getrandbits(128):032x},{row.partition(',')[2]}"


def _quoted(_: Random, row: str) -> str:
    return '"' + row.replace(",", '","') + '"'


def _wrong_currency(_: Random, row: str) -> str:
    transaction_id, amount, currency, rest = row.split(",", 3)
    return f"{transaction_id},{amount},{currency.lower()},{rest}"


_WRONG: Final = (" 1", "1e2", "eur", "2026-11-20", "nordbank-as")


def _wrong_anywhere(random: Random, row: str) -> str:
    fields = row.split(",")
    column = random.randrange(len(fields))
    fields[column] = _WRONG[column]
    return ",".join(fields)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind(name="numbered", title="numbered ids", good=True, row=_as_it_is),
        Kind(name="random", title="random ids", good=True, row=_random_id),
        Kind(name="quoted", title="numbered ids, all quoted, CRLF", good=True, row=_quoted, line_end="\r\n"),
        Kind(name="wrong-currency", title="every row wrong, in one column", good=False, row=_wrong_currency),
        Kind(name="wrong-anywhere", title="every row wrong, in any column", good=False, row=_wrong_anywhere),
    )
}


def lines(kind: Kind, rows: int, *, duplicate: bool = False) -> Iterator[str]:
    """The report's lines with their ends, header first.

    Args:
        kind: what the rows look like.
        rows: how many.
        duplicate: whether the last row repeats an id of the report's beginning.
    """
    random = Random(_SEED)  # noqa: S311  to be the same each time is the point
    endings = [_ending(random) for _ in range(_ENDINGS)]
    yield kind.row(random, HEADER) + kind.line_end if kind.name == "quoted" else HEADER + kind.line_end
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
    decimals = _DECIMALS.get(currency, 2)
    amount = f"{random.lognormvariate(3.2, 1.6) + 1:.{decimals}f}"
    sign = "-" if random.random() < 0.065 else ""  # noqa: PLR2004  as many as in the sample report
    second = random.randrange(86_400)
    time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"{sign}{amount},{currency},2026-11-20T{time}{random.choice(_ZONES)},{BANK}"


def as_bytes(texts: Iterable[str], *, at_most: int) -> bytes:
    """Whole lines of a report, as many as there is room for in so many bytes."""
    parts: list[bytes] = []
    left = at_most
    for text in texts:
        left -= len(text)
        if left < 0:
            break
        parts.append(text.encode())
    return b"".join(parts)


def write(path: Path, texts: Iterable[str]) -> int:
    """Write a report line by line, whatever its size; how many bytes it has."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(texts)
    return path.stat().st_size
