"""The validator: a report's bytes in, its validation result out.

Any error rejects the whole report, because its totals must match the ledger, and all errors are reported at once.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from typing import Final

from functions.report.errors.error_log import ErrorLog
from functions.report.errors.validation_error import Violation
from functions.report.format.definition import COLUMNS, MAX_ERRORS, MAX_UNREADABLE, Code
from functions.report.parsing.blocks import Block, read_blocks
from functions.report.parsing.file_type import foreign_file_type
from functions.report.parsing.header import header_violations, take_header
from functions.report.parsing.records import read_record
from functions.report.result.validation_result import ValidationResult
from functions.report.row_validator import RowValidator
from shared.contracts.api import MAX_REPORT_BYTES


def validate_report(
    report: bytes | Iterable[bytes],
    *,
    bank_id: str,
    now: datetime,
    max_bytes: int = MAX_REPORT_BYTES,
    max_errors: int = MAX_ERRORS,
) -> ValidationResult:
    """Validate a report that `bank_id` submits at `now` (with a zone). Never raises, on any bytes.

    Args:
        report: the whole report, or chunks of it of any size: the result is the same. Chunks are read once, and
            memory stays bounded (some 100 MB) however long the report is.
        bank_id: the bank that submits it.
        now: the time that timestamps are compared with.
        max_bytes: a larger report is invalid as a whole, and not read to its end.
        max_errors: how many errors the result lists.
    """
    chunks = [report] if isinstance(report, bytes) else report
    bounded = _at_most(max_bytes, chunks)
    try:
        result = _validate_blocks(read_blocks(bounded), bank_id, now, max_errors)
        # An invalid header or unreadable rows end validation early; the rest still counts, so that the result is the
        # same for any chunks.
        deque(bounded, maxlen=0)
    except _TooLargeError:
        message = f"the file is larger than {max_bytes} bytes: split it into several reports"
        return _invalid(1, [Violation(Code.FILE_TOO_LARGE, message)])
    return result


_EMPTY: Final = Violation(Code.FILE_EMPTY, "the file is empty: it needs a header and at least one row")
_NO_ROWS: Final = Violation(Code.FILE_NO_ROWS, "the report has a header but no rows: add at least one row")


class _TooLargeError(Exception):
    """The report is larger than `max_bytes`."""


def _at_most(max_bytes: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = max_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise _TooLargeError
        yield chunk


def _validate_blocks(blocks: Iterator[Block], bank_id: str, now: datetime, max_errors: int) -> ValidationResult:
    first = next(blocks, None)
    foreign = first and foreign_file_type(first.text.encode("latin-1"))
    if not first or foreign:
        return _invalid(1, [foreign or _EMPTY])
    found = take_header(chain([first], blocks))
    if not found:
        return _invalid(1, [_EMPTY])
    header, rest = found
    names = read_record(header)
    violations = [names] if isinstance(names, Violation) else header_violations(names)
    if isinstance(names, Violation) or violations:
        return _invalid(header.number, violations)
    validator = RowValidator(names, bank_id=bank_id, now=now, first_line=header.number + 1, max_errors=max_errors)
    with closing(validator):
        for block in rest:
            validator.validate(block)
            if validator.unreadable > MAX_UNREADABLE:
                return _invalid(1, [_unreadable(validator.first_unreadable)])
        return validator.result() if validator.count else _invalid(header.number, [_NO_ROWS])


def _unreadable(first_line: int) -> Violation:
    message = (
        f"more than {MAX_UNREADABLE:,} rows cannot be split into {len(COLUMNS)} columns, the first on line"
        f" {first_line}. The file was not read to its end: export the report as CSV in UTF-8, with commas between"
        " the columns"
    )
    return Violation(Code.FILE_UNREADABLE, message)


def _invalid(line: int, violations: Sequence[Violation]) -> ValidationResult:
    log = ErrorLog(len(violations))
    for violation in violations:
        log.add(line, violation)
    return ValidationResult(
        errors=log.kept(), errors_by_code={code.value: count for code, count in log.by_code.items()}
    )
