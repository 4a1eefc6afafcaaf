"""Validates a report's rows by block: in bulk where a learned pattern recognizes them, otherwise field by field."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain, compress
from operator import itemgetter

from functions.report.bulk.row_pattern import RowPattern
from functions.report.bulk.shape_learner import ShapeLearner
from functions.report.errors.error_log import ErrorLog
from functions.report.errors.validation_error import Violation
from functions.report.format.definition import COLUMNS, MAX_FUTURE, Code, Column
from functions.report.parsing.blocks import MAX_LINE_BYTES, Block
from functions.report.parsing.records import Line, read_record
from functions.report.result.ranges import RangeCutter
from functions.report.result.totals import Totals
from functions.report.result.validation_result import ValidationResult
from functions.report.rules.duplicates import Duplicate, DuplicateFinder
from functions.report.rules.fields import Columns, Fields
from functions.report.rules.row import RowRules
from shared.contracts.workflow import ByteRange


class RowValidator:
    """The rows of one report: counts them, and collects their ids, totals, ranges and errors."""

    def __init__(
        self, columns: Sequence[str], *, bank_id: str, now: datetime, first_line: int, max_errors: int
    ) -> None:
        self.count = 0
        self.unreadable = 0
        """How many rows cannot be split into the columns."""
        self.first_unreadable = 0
        """The line of the first of them."""
        self._columns = tuple(columns)
        self._in_format_order = itemgetter(*(columns.index(column) for column in COLUMNS))
        self._rules = RowRules(bank_id, now + MAX_FUTURE)
        self._line = first_line
        self._log = ErrorLog(max_errors)
        self._learner = ShapeLearner(columns, bank_id, now + MAX_FUTURE)
        self._totals = Totals()
        self._ranges = RangeCutter()
        self._ids = DuplicateFinder()

    def validate(self, block: Block) -> None:
        """Validate the rows of the next block."""
        first_line, rows_before = self._line, self.count
        text, position = block.text, 0
        while position < len(text):
            pattern = self._learner.pattern
            end = pattern.end_of_rows(text, position) if pattern else position
            if pattern and end > position:
                self._validate_rows(text[position:end], pattern)
            else:
                end = text.find("\n", position) + 1 or len(text)
                self._validate_line(text[position:end], block.offset + position)
            position = end
        end, rows = block.offset + len(text), self.count - rows_before
        self._ranges.add(ByteRange(start=block.offset, end=end, first_line=first_line, rows=rows))

    def result(self) -> ValidationResult:
        """The result after the last block: totals and ranges only if the report is valid."""
        self._log.add_duplicates((found.line, _duplicate_violation(found)) for found in self._ids.duplicates())
        valid = not self._log.by_code
        return ValidationResult(
            columns=self._columns,
            rows=self.count,
            totals=self._totals.by_currency() if valid else {},
            ranges=self._ranges.ranges() if valid else (),
            errors=self._log.kept(),
            errors_by_code={code.value: count for code, count in self._log.by_code.items()},
        )

    def close(self) -> None:
        """Free the disk space of the ids."""
        self._ids.close()

    def _validate_rows(self, text: str, pattern: RowPattern) -> None:
        rows = pattern.split(text)
        count = len(rows.transaction_ids)
        if pattern.unchecked:
            self._validate_columns(rows, pattern)
        else:
            self._add_ids(rows.transaction_ids, ())
        if not self._log.by_code:
            self._totals.extend(rows, pattern.decimals)
        self.count += count
        self._line += count

    def _validate_columns(self, rows: Columns, pattern: RowPattern) -> None:
        found = {column: self._rules.codes_in(rows, column, pattern.valid_timestamp) for column in pattern.unchecked}
        self._add_ids(rows.transaction_ids, [row for row, _ in found.get(Column.TRANSACTION_ID, ())])
        # Columns are in the format's order, and sorting is stable.
        errors = sorted(chain.from_iterable(found.values()), key=itemgetter(0))
        room = self._log.room
        for row, code in errors[:room]:
            self._log.add(self._line + row, self._rules.violation(code, rows.row(row)))
        self._log.count(map(itemgetter(1), errors[room:]))

    def _add_ids(self, ids: list[str], invalid: Collection[int]) -> None:
        lines = range(self._line, self._line + len(ids))
        if not invalid:
            self._ids.extend(ids, lines)
            return
        valid = [True] * len(ids)
        for row in invalid:
            valid[row] = False
        self._ids.extend(list(compress(ids, valid)), list(compress(lines, valid)))

    def _validate_line(self, text: str, offset: int) -> None:
        line, content = self._line, text.removesuffix("\n")
        self._line += 1
        # A carriage return is part of a line end only before a line feed.
        record = content.removesuffix("\r") if len(content) < len(text) else content
        if not record:
            return
        self.count += 1
        cells = _cells(record, line, offset)
        if isinstance(cells, list) and len(cells) == len(COLUMNS):
            self._validate_fields(line, Fields(*self._in_format_order(cells)), content)
            return
        self.first_unreadable = self.first_unreadable or line
        self.unreadable += 1
        if isinstance(cells, Violation):
            self._log.add(line, cells)
        elif self._log.room:
            self._log.add(line, _column_count_violation(record, len(cells)))
        else:
            self._log.count([Code.ROW_COLUMN_COUNT])

    def _validate_fields(self, line: int, fields: Fields, content: str) -> None:
        codes = self._rules.codes(fields)
        room = self._log.room
        for code in codes[:room]:
            self._log.add(line, self._rules.violation(code, fields))
        self._log.count(codes[room:])
        if Code.TRANSACTION_ID_FORMAT not in codes:
            self._ids.add(fields.transaction_id, line)
        if not self._log.by_code:
            self._totals.add(fields.amount, fields.currency)
        self._learner.observe(content, fields, codes)


def _cells(record: str, line: int, offset: int) -> list[str] | Violation:
    plain = record.isascii() and record.isprintable() and '"' not in record and len(record) <= MAX_LINE_BYTES
    return record.split(",") if plain else read_record(Line(line, offset, record.encode("latin-1")))


def _column_count_violation(record: str, found: int) -> Violation:
    message = f"expected {len(COLUMNS)} columns, found {found}"
    if found > len(COLUMNS):
        message += " (an amount has no comma: it is written like 1234.50)"
    return Violation(code=Code.ROW_COLUMN_COUNT, message=message, value=record.encode("latin-1").decode())


def _duplicate_violation(found: Duplicate) -> Violation:
    return Violation(
        code=Code.TRANSACTION_ID_DUPLICATE,
        column=Column.TRANSACTION_ID.value,
        message=f"the id is already used on line {found.first_line}: use another id, or remove the duplicate row",
        value=found.transaction_id,
    )
