"""Every pattern of the validator takes time in line with its text: one that backtracks would not end in a test's life."""

import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from inspect import getsource
from itertools import product
from types import BuiltinMethodType
from typing import Any, Final

import pytest

import functions.report
from functions.report.bulk.row_pattern import RowPattern, RowShape
from functions.report.format.rules import COLUMNS, Column
from tests.unit.functions.report.agreement import assert_agreement
from tests.unit.functions.report.reports import BANK, report, row

MEGABYTE: Final = 1_000_000
MODULES: Final = [
    import_module(module.name)
    for module in pkgutil.walk_packages(functions.report.__path__, "functions.report.")
    if not module.ispkg
]
STARTS: Final = ["", '"', "0.", "2026-11-20T00:00:00", " x"]
REPEATED: Final = [
    *("0", "1", "a", '"', '""', 'a"', ",", '",', '","', "\r", "\n", "\r\n", " ", "-", ".", "+", "\u0661", "\u00a0"),
    *("0.", "1,", "00:", ".0", "T24:", "2026-11-20T00:00:00Z,", " a"),
]
ENDS: Final = ["", "!"]


def patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    """Compiled patterns, and the owners of their bound methods, in whatever holds them."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, BuiltinMethodType) and isinstance(value.__self__, re.Pattern):
        yield value.__self__
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from patterns_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from patterns_in(each)


PATTERNS: Final = {
    pattern.pattern: pattern for module in MODULES for value in vars(module).values() for pattern in patterns_in(value)
}


def texts() -> Iterator[str]:
    for start, piece, end in product(STARTS, REPEATED, ENDS):
        yield start + piece * (MEGABYTE // len(piece)) + end


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 20


def test_no_pattern_backtracks_on_a_megabyte() -> None:
    for text in texts():
        data = text.encode()
        for pattern in PATTERNS.values():
            content = data if isinstance(pattern.pattern, bytes) else text
            pattern.match(content)
            pattern.fullmatch(content)


LOOK: Final = RowShape(
    columns=tuple(Column),
    bank_id=BANK,
    quoted=frozenset(),
    line_end="\n",
    points_in_ids=True,
    fractions=frozenset({0, 3}),
    dates=("2026-11-20", "2026-11-21"),
    zones=("Z", "+01:00"),
    decimals=((2, "EUR"), (0, "EUR"), (1, "EUR"), (2, "USD"), (3, "KWD"), (0, "JPY")),
    unsure=frozenset(),
)
LOOKS: Final = [
    LOOK,
    LOOK._replace(quoted=frozenset(Column), line_end="\r\n"),
    LOOK._replace(unsure=frozenset({Column.AMOUNT, Column.CURRENCY})),
    LOOK._replace(unsure=frozenset(Column)),
    LOOK._replace(unsure=frozenset(Column), quoted=frozenset(Column), columns=tuple(Column)[::-1]),
]


@pytest.mark.parametrize("look", LOOKS)
def test_no_pattern_of_rows_backtracks_on_a_megabyte(look: RowShape) -> None:
    pattern = RowPattern(look)
    for text in texts():
        assert pattern.end_of_rows(text, 0) <= len(text)


@pytest.mark.parametrize(
    "near_miss",
    [
        {"transaction_id": "x" * 65},
        {"transaction_id": "N" + "." * 64},
        {"amount": "0." + "0" * 400},
        {"amount": "9" * 400},
        {"timestamp": "2026-11-20T10:00:00.1234567Z"},
        {"bank_id": BANK[:-1]},
        {"bank_id": BANK + " " * 400},
    ],
)
def test_a_megabyte_of_rows_that_all_but_match_is_validated(near_miss: dict[str, str]) -> None:
    good = [row(transaction_id=f"G-{number:03d}") for number in range(20)]
    line = report([row() | near_miss]).split(b"\n")[1] + b"\n"
    middle = report(good).split(b"\n")[1].replace(b"G-", b"H-") + b"\n"

    assert_agreement(report(good) + (middle + line) * (MEGABYTE // len(middle + line)))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_group_has_a_possessive_quantifier(module: Any) -> None:
    # Python before 3.11.5 (Debian 12 has 3.11.2) goes on behind what did not match: `(?:ab?c)*+` takes 3 of "aca".
    # The only one is that of whole rows, whose end is sought anew.
    allowed = {"functions.report.bulk.row_pattern": ['re.compile(f"(?:{_row(look)})*+").match']}.get(
        module.__name__, []
    )
    source = getsource(module)
    for each in allowed:
        assert each in source
        source = source.replace(each, "")

    assert not re.findall(r".*\)(?:[*+?]|\{[^}]*\})\+.*", source)


def test_what_is_no_row_ends_the_rows_at_a_line_end() -> None:
    pattern = RowPattern(LOOK)
    rows = report([row(transaction_id="a"), row(transaction_id="b")]).split(b"\n", 1)[1].decode()

    assert pattern.end_of_rows(rows + "c,12.50,EUR,2026-11-20T10", 0) == len(rows)
    assert pattern.end_of_rows("c,12.50,EUR,2026-11-20T10", 0) == 0
    assert tuple(column.value for column in LOOK.columns) == COLUMNS
