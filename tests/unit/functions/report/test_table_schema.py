"""A second opinion: the validator and frictionless, Table Schema's own library, by the same schema.

Every difference between the two has an explanation. They are compared on `COUNT` reports.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice, repeat
from random import Random
from typing import NamedTuple

from frictionless import Dialect, Resource, Schema
from frictionless.formats import CsvControl

from functions.report.format.definition import COLUMNS, MIN_YEAR, Code
from tests.effort import EFFORT
from tests.unit.functions.report.defects import BYTE_ORDER_MARK, DEFECTS, FILE_DEFECTS, Defect, FileDefect
from tests.unit.functions.report.reports import SAMPLES, random_style, valid_rows, with_defects, written
from tests.unit.functions.report.results import result_on
from tools.generators.report_schema import load

COUNT = 300 * EFFORT
SCHEMA = load()
DIALECT = {name: value for name, value in SCHEMA["txn:file"]["dialect"].items() if name != "header"}


class Finding(NamedTuple):
    """An error at a line (None: the file or header) and a column (None: the whole line), by its validator's name."""

    line: int | None
    column: str | None
    name: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A finding of one validator only; with the report, and all findings of ours."""

    data: bytes
    ours: list[Finding]
    found: Finding
    by_us: bool

    @property
    def text(self) -> bytes:
        return self.data.removeprefix(BYTE_ORDER_MARK)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A kind of difference, and why it is no defect of ours."""

    name: str
    reason: str
    explains: Callable[[Difference], bool]


def only_we(code: Code, value: str = ".*") -> Callable[[Difference], bool]:
    """Only ours found the code, in a value of this pattern."""
    like = re.compile(value, re.DOTALL)
    return lambda each: each.by_us and each.found.name == code and bool(like.fullmatch(each.found.value))


def on_no_real_day(each: Difference) -> bool:
    """A well-formed timestamp on a day that does not exist, or before 1970."""
    form = only_we(
        Code.TIMESTAMP_FORMAT, r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[0-9.]*(Z|[+-][0-9:]{5})"
    )
    try:
        return form(each) and date.fromisoformat(each.found.value[:10]).year < MIN_YEAR
    except ValueError:
        return True


def from_line_of(code: Code) -> Callable[[Difference], bool]:
    """At or after a line at which ours found the code."""

    def explains(each: Difference) -> bool:
        lines = [part.line for part in each.ours if part.name == code and part.line]
        return bool(lines) and (each.found.line is None or each.found.line >= min(lines))

    return explains


EXPLANATIONS = (
    Explanation(
        name="zero",
        reason="the patterns of XML Schema cannot exclude a value: zero matches the pattern of a decimal number",
        explains=only_we(Code.AMOUNT_ZERO, r"-?0(\.0+)?"),
    ),
    Explanation(
        name="minor units",
        reason="a constraint is about one column, and the currency is another: the rule is in txn:minorUnits",
        explains=only_we(Code.AMOUNT_MINOR_UNITS, r"-?[0-9]+\.[0-9]+"),
    ),
    Explanation(
        name="calendar",
        reason="a pattern knows neither the lengths of months nor txn:minYear",
        explains=on_no_real_day,
    ),
    Explanation(
        name="future",
        reason="a schema knows no current time: the rule is in txn:maxFutureHours",
        explains=only_we(Code.TIMESTAMP_FUTURE),
    ),
    Explanation(
        name="another bank",
        reason="a schema does not know who submits a report: the rule is in txn:equals",
        explains=only_we(Code.BANK_ID_MISMATCH, "[a-z0-9-]+"),
    ),
    Explanation(
        name="no rows",
        reason="by the standard a table without rows is valid; to a bank it is an export that failed",
        explains=only_we(Code.FILE_NO_ROWS),
    ),
    Explanation(
        name="empty line",
        reason="RFC 4180 does not mention empty lines, and exports end with them: ours counts and ignores them",
        explains=lambda each: not each.by_us and each.found.name == "blank-row",
    ),
    Explanation(
        name="empty line before the header",
        reason="ours takes the first line with any text as the header, frictionless the first line",
        explains=lambda each: each.text.startswith((b"\n", b"\r\n")),
    ),
    Explanation(
        name="space in the header",
        reason="frictionless strips the header's names; to ours, as to most that read by name, a space is another name",
        explains=only_we(Code.HEADER_UNKNOWN_COLUMN, f" ?({'|'.join(COLUMNS)}) ?"),
    ),
    Explanation(
        name="not CSV",
        reason="Python's csv, which frictionless uses, continues an open quote on the next lines, accepts text after a "
        "closing one, and ends a line at a carriage return: from there its rows and their numbers differ",
        explains=from_line_of(Code.ROW_MALFORMED),
    ),
)
"""Every kind of difference that there may be. The first that fits counts, and each has to occur."""


def reports(count: int) -> Iterator[bytes]:
    """Valid reports, ones with each defect alone, then ones with two defects at random."""
    random = Random(4217)
    defects: list[Defect | FileDefect] = [*DEFECTS, *FILE_DEFECTS]
    alone, in_pairs = ([each] for each in defects), (random.sample(defects, 2) for _ in repeat(None))
    chosen: Iterator[list[Defect | FileDefect]] = chain(repeat([], count // 10), alone, in_pairs)
    for each in islice(chosen, count):
        of_file = [defect for defect in each if isinstance(defect, FileDefect)]
        style = random_style(random, max_rows=5)
        if of_file:
            style = replace(style, columns=COLUMNS, quoted=(), start=b"")
        of_rows = [defect for defect in each if isinstance(defect, Defect)]
        data = written(with_defects(valid_rows(style), of_rows, style.columns, random), style)
        for defect in of_file:
            data = defect.spoil(data)
        yield data


def findings_of_ours(data: bytes) -> list[Finding]:
    return [Finding(error.line, error.column, error.code, error.value or "") for error in result_on(data).errors]


def findings_of_frictionless(data: bytes) -> list[Finding]:
    """All of its errors, except those of the primary key: `unique` and the pattern have the same, with a column."""
    resource = Resource(
        data,
        format="csv",
        encoding="utf-8",
        schema=Schema.from_descriptor(SCHEMA),
        # Without it, frictionless would guess the dialect.
        dialect=Dialect(controls=[CsvControl.from_descriptor({"type": "csv", **DIALECT})]),
    )
    report = resource.validate()
    errors = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    return [
        Finding(getattr(error, "row_number", None), getattr(error, "field_name", None) or None, error.type)
        for error in errors
        if error.type != "primary-key"
    ]


def differences(data: bytes) -> Iterator[Difference]:
    """Errors of a line or value that only one validator finds; of the file or header, whether it has any."""
    ours, theirs = findings_of_ours(data), findings_of_frictionless(data)
    whole = any(part.name.startswith(("file.", "header.")) for part in ours)
    if whole or any(part.line is None for part in theirs):
        if bool(ours) != bool(theirs):
            yield from (Difference(data=data, ours=ours, found=each, by_us=True) for each in ours[:1])
            yield from (Difference(data=data, ours=ours, found=each, by_us=False) for each in theirs[:1])
        return
    for mine, other, by_us in ((ours, theirs, True), (theirs, ours, False)):
        for each in mine:
            if not any(_same_place(each, one) for one in other):
                yield Difference(data=data, ours=ours, found=each, by_us=by_us)


def _same_place(one: Finding, other: Finding) -> bool:
    """On the same line, and in the same column unless one of them is about the whole line."""
    return one.line == other.line and (one.column == other.column or None in (one.column, other.column))


def test_the_schema_is_a_table_schema_with_our_columns() -> None:
    assert not [str(error) for error in Schema.metadata_validate(SCHEMA)]
    assert tuple(Schema.from_descriptor(SCHEMA).field_names) == COLUMNS


def test_every_difference_is_explained_and_every_explanation_needed() -> None:
    unexplained, seen = [], Counter[str]()
    for data in reports(COUNT):
        for each in differences(data):
            name = next((explanation.name for explanation in EXPLANATIONS if explanation.explains(each)), None)
            seen[str(name)] += 1
            if name is None:
                unexplained.append((each.data, each.found))

    assert not unexplained, unexplained[:3]
    assert seen.keys() == {explanation.name for explanation in EXPLANATIONS}


def test_the_reports_compared_are_valid_and_invalid_by_every_code() -> None:
    results = [result_on(data) for data in reports(COUNT)]
    codes = {code for result in results for code in result.errors_by_code}

    not_of_the_content = {code for code in Code if code.startswith("control.")}
    assert codes == set(Code) - {Code.FILE_TOO_LARGE, Code.FILE_UNREADABLE} - not_of_the_content
    assert sum(result.valid for result in results) >= COUNT // 10


def test_frictionless_finds_our_valid_samples_valid() -> None:
    for sample in ("bayside-2026-11-20-no-final-newline.csv", "alpenbank-2026-11-20-excel.csv"):
        assert findings_of_frictionless((SAMPLES / sample).read_bytes()) == []
