"""Judges a report's rows, block by block: in bulk where they look like good ones, else field by field."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from functions.report.blocks import MAX_LINE_BYTES, Block
from functions.report.fields import (
    amount_fault,
    bank_id_fault,
    currency_fault,
    timestamp_fault,
    transaction_id_fault,
)
from functions.report.format import COLUMNS, MAX_FUTURE, Code, Column
from functions.report.habits import Fields, Habits
from functions.report.problems import Fault, ProblemLog
from functions.report.ranges import RangeCutter
from functions.report.records import Line, read_record
from functions.report.row_pattern import RowPattern
from functions.report.totals import Totals
from functions.report.uniqueness import Duplicate, Ids
from functions.report.verdict import Verdict


class Rows:
    """What is known of a report's rows so far: how many, their ids, sums, ranges and problems."""

    def __init__(
        self, columns: Sequence[str], *, bank_id: str, now: datetime, first_line: int, max_problems: int
    ) -> None:
        self.count = 0
        self._columns = tuple(columns)
        self._in_format_order = itemgetter(*(columns.index(column) for column in COLUMNS))
        self._bank_id = bank_id
        self._latest = now + MAX_FUTURE
        self._line = first_line
        self._log = ProblemLog(max_problems)
        self._habits = Habits(columns, bank_id, now + MAX_FUTURE)
        self._totals = Totals()
        self._ranges = RangeCutter()
        self._ids = Ids()

    def take(self, block: Block) -> None:
        """Judge the rows of the next block."""
        first_line, rows_before = self._line, self.count
        text, position = block.text, 0
        while position < len(text):
            pattern = self._habits.pattern
            end = pattern.end_of_rows(text, position) if pattern else position
            if pattern and end > position:
                self._take_good_rows(text[position:end], pattern)
            else:
                end = text.find("\n", position) + 1 or len(text)
                self._take_line(text[position:end], block.offset + position)
            position = end
        self._ranges.take(
            start=block.offset, end=block.offset + len(text), first_line=first_line, rows=self.count - rows_before
        )

    def verdict(self) -> Verdict:
        """Close the report: totals and ranges only if nothing was wrong."""
        self._log.add_duplicates((found.line, _duplicate_fault(found)) for found in self._ids.duplicates())
        good = not self._log.by_code
        return Verdict(
            columns=self._columns,
            rows=self.count,
            totals=self._totals.by_currency() if good else {},
            ranges=self._ranges.ranges() if good else (),
            problems=self._log.kept(),
            problems_by_code=dict(self._log.by_code),
        )

    def _take_good_rows(self, text: str, pattern: RowPattern) -> None:
        bulk = pattern.split(text)
        rows = len(bulk.transaction_ids)
        self._ids.extend(bulk.transaction_ids, range(self._line, self._line + rows))
        if not self._log.by_code:
            self._totals.extend(bulk)
        self.count += rows
        self._line += rows

    def _take_line(self, text: str, offset: int) -> None:
        line, content = self._line, text.removesuffix("\n")
        self._line += 1
        # A carriage return is part of a line end only before a line feed.
        record = content.removesuffix("\r") if len(content) < len(text) else content
        if not record:
            return
        self.count += 1
        cells = _cells(record, line, offset)
        if isinstance(cells, Fault):
            self._log.add(line, cells)
        elif len(cells) != len(COLUMNS):
            self._log.add(line, _column_count_fault(record, len(cells)))
        elif self._judge_fields(line, Fields(*self._in_format_order(cells))):
            self._habits.observe(content, Fields(*self._in_format_order(cells)))

    def _judge_fields(self, line: int, fields: Fields) -> bool:
        """Judge every field of a row, and add it to the sums if it is good."""
        transaction_id, amount, currency, timestamp, bank_id = fields
        bad_id = transaction_id_fault(transaction_id)
        faults = (
            bad_id,
            amount_fault(amount, currency),
            currency_fault(currency),
            timestamp_fault(timestamp, self._latest),
            bank_id_fault(bank_id, self._bank_id),
        )
        if not bad_id:
            self._ids.add(transaction_id, line)
        found = [fault for fault in faults if fault]
        for fault in found:
            self._log.add(line, fault)
        if not self._log.by_code:
            self._totals.add(amount, currency)
        return not found


def _cells(record: str, line: int, offset: int) -> list[str] | Fault:
    plain = record.isascii() and record.isprintable() and '"' not in record and len(record) <= MAX_LINE_BYTES
    return record.split(",") if plain else read_record(Line(line, offset, record.encode("latin-1")))


def _column_count_fault(record: str, found: int) -> Fault:
    message = f"expected {len(COLUMNS)} columns, found {found} (a comma inside a value needs quotes around it)"
    return Fault(code=Code.ROW_COLUMN_COUNT, message=message, value=record.encode("latin-1").decode())


def _duplicate_fault(found: Duplicate) -> Fault:
    return Fault(
        code=Code.TRANSACTION_ID_DUPLICATE,
        column=Column.TRANSACTION_ID.value,
        message=f"already used on line {found.first_line}: expected an id of its own for each transaction",
        value=found.transaction_id,
    )
