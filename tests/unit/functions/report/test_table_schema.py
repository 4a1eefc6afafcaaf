"""Our validate_report and frictionless, by the same document: where they differ there is a reason, or one of them is wrong."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from frictionless import Schema

from functions.report.format.rules import COLUMNS, MIN_YEAR, Code
from functions.report.validator import validate_report
from tests.unit.functions.report.reports import BANK, NOW, SAMPLES
from tests.unit.functions.report.seeded import DEFECTS, reports
from tests.unit.functions.report.table_schema import Finding, findings_of_frictionless
from tools.generators.report_schema import load

SEED = 4217
COUNT = 2_000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A violation that one validate_report finds and the other does not; with the report, and all that ours found."""

    data: bytes
    ours: list[Finding]
    found: Finding
    by_us: bool

    @property
    def text(self) -> bytes:
        return self.data.removeprefix(b"\xef\xbb\xbf")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of difference, and why it is right that there is one."""

    name: str
    reason: str
    explains: Callable[[Difference], bool]


def only_we(code: Code, value: str = ".*") -> Callable[[Difference], bool]:
    """Only ours found the code, in a value of this pattern."""
    like = re.compile(value, re.DOTALL)
    return lambda each: each.by_us and each.found.name == code and bool(like.fullmatch(each.found.value))


def no_real_day(each: Difference) -> bool:
    """A timestamp of the right form on a day that does not exist, or before 1970."""
    form = only_we(
        Code.TIMESTAMP_FORMAT, r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[0-9.]*(Z|[+-][0-9:]{5})"
    )
    try:
        return form(each) and date.fromisoformat(each.found.value[:10]).year < MIN_YEAR
    except ValueError:
        return True


def beyond(code: Code) -> Callable[[Difference], bool]:
    """At or below a line at which ours found the violation."""

    def explains(each: Difference) -> bool:
        lines = [part.line for part in each.ours if part.name == code and part.line]
        return bool(lines) and (each.found.line is None or each.found.line >= min(lines))

    return explains


KINDS = (
    Kind(
        name="zero",
        reason="the patterns of XML Schema cannot exclude a value: `-?0+` stays within a decimal number's pattern",
        explains=only_we(Code.AMOUNT_ZERO, r"-?0(\.0+)?"),
    ),
    Kind(
        name="minor units",
        reason="a constraint looks at its own column, and the currency stands in another: txn:minorUnits says it",
        explains=only_we(Code.AMOUNT_MINOR_UNITS, r"-?[0-9]+\.[0-9]+"),
    ),
    Kind(
        name="calendar",
        reason="a pattern knows neither the lengths of months nor txn:minYear",
        explains=no_real_day,
    ),
    Kind(
        name="future",
        reason="a document knows no now: txn:maxFutureHours says it",
        explains=only_we(Code.TIMESTAMP_FUTURE),
    ),
    Kind(
        name="another bank",
        reason="a document does not know who submits a report: txn:equals says it",
        explains=only_we(Code.BANK_ID_MISMATCH, "[a-z0-9-]+"),
    ),
    Kind(
        name="no rows",
        reason="to the standard a table without rows is a table; to a bank it is an export that went wrong",
        explains=only_we(Code.FILE_NO_ROWS),
    ),
    Kind(
        name="empty line",
        reason="RFC 4180 says nothing of empty lines and exports end with them: ours counts them and reads on",
        explains=lambda each: not each.by_us and each.found.name == "blank-row",
    ),
    Kind(
        name="empty line before the header",
        reason="ours takes the first line with any text as the header, frictionless the first line",
        explains=lambda each: each.text.startswith((b"\n", b"\r\n")),
    ),
    Kind(
        name="space in the header",
        reason="frictionless strips the header's names; to ours, as to most that read by name, a space is another name",
        explains=only_we(Code.HEADER_UNKNOWN_COLUMN, f"({'|'.join(COLUMNS)}) "),
    ),
    Kind(
        name="not CSV",
        reason="Python's csv, on which frictionless stands, reads an open quote on over lines, takes text after a "
        "closing one and a carriage return as a line's end: from there on its rows and numbers are others",
        explains=beyond(Code.ROW_MALFORMED),
    ),
)
"""Every kind of difference that there may be. The first that fits counts; each has to occur."""


def findings_of_ours(data: bytes) -> list[Finding]:
    errors = validate_report(data, bank_id=BANK, now=NOW).errors
    return [Finding(problem.line, problem.column, problem.code, problem.value or "") for problem in errors]


def differences(data: bytes) -> Iterator[Difference]:
    """Faults of a line or value that only one of the two finds; of the file or header, whether anything is wrong."""
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
    """On one line, and in one column unless either speaks of the whole line."""
    return one.line == other.line and (one.column == other.column or None in (one.column, other.column))


def test_the_document_is_a_table_schema_with_our_columns() -> None:
    descriptor = load()

    assert not [str(error) for error in Schema.metadata_validate(descriptor)]
    assert tuple(Schema.from_descriptor(descriptor).field_names) == COLUMNS


def test_every_difference_in_2000_reports_is_explained_and_every_explanation_needed() -> None:
    unexplained, seen = [], Counter[str]()
    for name, data in reports(SEED, COUNT):
        for each in differences(data):
            kind = next((kind.name for kind in KINDS if kind.explains(each)), None)
            seen[str(kind)] += 1
            if kind is None:
                unexplained.append((name, each.data, each.found))

    assert not unexplained, unexplained[:3]
    assert seen.keys() == {kind.name for kind in KINDS}


def test_the_2000_reports_have_every_defect_and_good_ones() -> None:
    made = list(reports(SEED, COUNT))
    accepted = sum(not findings_of_ours(data) for _, data in made)
    names = {part for name, _ in made for part in name.split("+")}

    assert names == {"good", *DEFECTS}
    assert COUNT // 5 <= accepted < COUNT // 2


def test_frictionless_accepts_our_good_samples() -> None:
    for sample in ("bayside-2026-11-20-no-final-newline.csv", "alpenbank-2026-11-20-excel.csv"):
        assert findings_of_frictionless((SAMPLES / sample).read_bytes()) == []
