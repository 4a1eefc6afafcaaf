"""Matches every pattern of the validator against long, nearly matching texts, within a limit on processor time.

A program of its own (`python -m tests.unit.functions.report.linear_time`): a pattern that backtracks cannot be
interrupted, so the operating system ends the process. On these texts linear time is a tenth of the limit, and quadratic
time far above it. With `TXN_TEST_EFFORT` the texts have a megabyte.
"""

import pkgutil
import re
import resource
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import product
from types import BuiltinMethodType
from typing import Any, Final

import functions.report
from functions.report.bulk.row_pattern import RowPattern, RowShape
from functions.report.format.definition import Column
from tests.effort import EFFORT

LENGTH: Final = 100_000 if EFFORT == 1 else 1_000_000
PROCESSOR_SECONDS: Final = LENGTH // 5_000
STARTS: Final = ["", '"', "0.", "2026-11-20T00:00:00", " x"]
REPEATED: Final = [
    *("0", "1", "a", '"', '""', 'a"', ",", '",', '","', "\r", "\n", "\r\n", " ", "-", ".", "+", "\u0661", "\u00a0"),
    *("0.", "1,", "00:", ".0", "T24:", "2026-11-20T00:00:00Z,", " a"),
]
ENDS: Final = ["", "!"]
SHAPE: Final = RowShape(
    columns=tuple(Column),
    bank_id="nordbank",
    quoted=frozenset(),
    line_end="\n",
    points_in_ids=True,
    fractions=frozenset({0, 3}),
    dates=("2026-11-20", "2026-11-21"),
    zones=("Z", "+01:00"),
    decimals=((2, "EUR"), (0, "EUR"), (1, "EUR"), (2, "USD"), (3, "KWD"), (0, "JPY")),
    unchecked=frozenset(),
)
SHAPES: Final = [
    SHAPE,
    SHAPE._replace(quoted=frozenset(Column), line_end="\r\n"),
    SHAPE._replace(unchecked=frozenset({Column.AMOUNT, Column.CURRENCY})),
    SHAPE._replace(unchecked=frozenset(Column)),
    SHAPE._replace(unchecked=frozenset(Column), quoted=frozenset(Column), columns=tuple(Column)[::-1]),
]


def module_patterns() -> list[re.Pattern[Any]]:
    """The compiled patterns of all modules of functions/report."""
    modules = [each for each in pkgutil.walk_packages(functions.report.__path__, "functions.report.") if not each.ispkg]
    values = [value for each in modules for value in vars(import_module(each.name)).values()]
    return list({pattern.pattern: pattern for value in values for pattern in _patterns_in(value)}.values())


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    """Compiled patterns, and the owners of their bound methods, in any collection of them."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, BuiltinMethodType) and isinstance(value.__self__, re.Pattern):
        yield value.__self__
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _patterns_in(each)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    patterns, row_patterns = module_patterns(), [RowPattern(shape) for shape in SHAPES]
    for start, piece, end in product(STARTS, REPEATED, ENDS):
        text = start + piece * (LENGTH // len(piece)) + end
        data = text.encode()
        for pattern in patterns:
            content = data if isinstance(pattern.pattern, bytes) else text
            pattern.match(content)
            pattern.fullmatch(content)
        for each in row_patterns:
            each.end_of_rows(text, 0)


if __name__ == "__main__":
    main()
