"""The judge: a report's bytes in, the verdict out.

Anything wrong refuses the whole report (its totals must match the books), and every problem is told at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from functions.report.fields import (
    amount_fault,
    bank_id_fault,
    currency_fault,
    from_minor_units,
    minor_units,
    timestamp_fault,
    transaction_id_fault,
)
from functions.report.format import COLUMNS, Code, Column
from functions.report.header import header_faults
from functions.report.kinds import foreign_kind
from functions.report.problems import Fault, Problem, ProblemLog
from functions.report.records import BYTE_ORDER_MARK, Line, lines, read_record
from shared.contracts.api import MAX_REPORT_BYTES


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge says of a report.

    `columns` is the header's order (empty if the header is at fault, then no row was judged), `rows` counts all rows,
    faulty ones too, `totals` are exact sums by currency (only of a good report), `problems` are the first 1,000 in
    order of line, `problems_by_code` counts all of them.
    """

    columns: tuple[str, ...] = ()
    rows: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problems_by_code: Mapping[str, int] = field(default_factory=dict)

    @property
    def problem_count(self) -> int:
        """How many problems the report has, kept or not."""
        return sum(self.problems_by_code.values())

    @property
    def good(self) -> bool:
        """Whether the report is accepted."""
        return not self.problems_by_code


class _Row(NamedTuple):
    """A row's fields as they stand, in the format's order."""

    transaction_id: str
    amount: str
    currency: str
    timestamp: str
    bank_id: str


class _Rows:
    """What is known of a report's rows so far: ids, sums, problems."""

    def __init__(self, bank_id: str, now: datetime) -> None:
        self.count = 0
        self._bank_id = bank_id
        self._now = now
        self._log = ProblemLog()
        self._line_of_id: dict[str, int] = {}
        self._units: dict[str, int] = {}

    def refuse(self, line: int, fault: Fault) -> None:
        """Count a row that cannot be judged field by field."""
        self.count += 1
        self._log.add(line, fault)

    def take(self, line: int, row: _Row) -> None:
        """Judge every field of a row, and add it to the sums if its amount can be read."""
        self.count += 1
        bad_amount = amount_fault(row.amount, row.currency)
        bad_currency = currency_fault(row.currency)
        faults = (
            self._id_fault(line, row.transaction_id),
            bad_amount,
            bad_currency,
            timestamp_fault(row.timestamp, self._now),
            bank_id_fault(row.bank_id, self._bank_id),
        )
        for fault in faults:
            if fault:
                self._log.add(line, fault)
        if not bad_amount and not bad_currency:
            self._units[row.currency] = self._units.get(row.currency, 0) + minor_units(row.amount, row.currency)

    def verdict(self, columns: tuple[str, ...]) -> Verdict:
        """Close the report: totals only if nothing was wrong."""
        units = {} if self._log.by_code else self._units
        return Verdict(
            columns=columns,
            rows=self.count,
            totals={currency: from_minor_units(units[currency], currency) for currency in sorted(units)},
            problems=tuple(self._log.kept),
            problems_by_code=dict(self._log.by_code),
        )

    def _id_fault(self, line: int, transaction_id: str) -> Fault | None:
        fault = transaction_id_fault(transaction_id)
        first = line if fault else self._line_of_id.setdefault(transaction_id, line)
        if first == line:
            return fault
        return Fault(
            code=Code.TRANSACTION_ID_DUPLICATE,
            column=Column.TRANSACTION_ID.value,
            message=f"already used on line {first}: expected an id of its own for each transaction",
            value=transaction_id,
        )


def judge(data: bytes, *, bank_id: str, now: datetime) -> Verdict:
    """Judge a report that `bank_id` hands in at `now` (with a zone). Never raises, whatever the bytes."""
    fault = _file_fault(data)
    if fault:
        return _refused(1, [fault])
    body = data.removeprefix(BYTE_ORDER_MARK)
    records = lines(body, offset=len(data) - len(body))
    header = next(records, None)
    if header is None:
        return _refused(1, [Fault(code=Code.FILE_EMPTY, message="the file is empty: expected a header and rows")])
    names = read_record(header)
    faults = [names] if isinstance(names, Fault) else header_faults(names)
    if isinstance(names, Fault) or faults:
        return _refused(header.number, faults)
    return _judge_rows(records, header, names, _Rows(bank_id, now))


def _file_fault(data: bytes) -> Fault | None:
    if len(data) > MAX_REPORT_BYTES:
        message = f"the file has {len(data)} bytes: expected at most {MAX_REPORT_BYTES}; hand it in as several reports"
        return Fault(code=Code.FILE_TOO_LARGE, message=message)
    return foreign_kind(data)


def _refused(line: int, faults: Sequence[Fault]) -> Verdict:
    log = ProblemLog()
    for fault in faults:
        log.add(line, fault)
    return Verdict(problems=tuple(log.kept), problems_by_code=dict(log.by_code))


def _judge_rows(records: Iterator[Line], header: Line, names: list[str], rows: _Rows) -> Verdict:
    in_format_order = itemgetter(*(names.index(column) for column in COLUMNS))
    for line in records:
        record = read_record(line)
        if isinstance(record, Fault):
            rows.refuse(line.number, record)
        elif len(record) != len(COLUMNS):
            rows.refuse(line.number, _column_count_fault(line, len(record)))
        else:
            rows.take(line.number, _Row(*in_format_order(record)))
    if not rows.count:
        message = "the report has a header but no rows: expected at least one"
        return _refused(header.number, [Fault(code=Code.FILE_NO_ROWS, message=message)])
    return rows.verdict(tuple(names))


def _column_count_fault(line: Line, found: int) -> Fault:
    message = f"expected {len(COLUMNS)} columns, found {found} (a comma inside a value needs quotes around it)"
    return Fault(code=Code.ROW_COLUMN_COUNT, message=message, value=line.content.decode())
