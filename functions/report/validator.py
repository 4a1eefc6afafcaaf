"""The validator: a report's bytes in, the result out.

Anything wrong refuses the whole report (its totals must match the books), and every problem is told at once. RowsValidator are
validated in bulk where they look like rows that were validated good before, else field by field.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from typing import Final

from functions.report.errors.validation_error import ErrorLog, Violation
from functions.report.format.rules import MAX_ERRORS, Code
from functions.report.parsing.blocks import Block, read_blocks
from functions.report.parsing.file_type import foreign_file_type
from functions.report.parsing.header import header_violations, take_header
from functions.report.parsing.records import read_record
from functions.report.result.validation_result import ValidationResult
from functions.report.row_validator import RowsValidator
from shared.contracts.api import MAX_REPORT_BYTES


def validate_report(
    report: bytes | Iterable[bytes],
    *,
    bank_id: str,
    now: datetime,
    max_bytes: int = MAX_REPORT_BYTES,
    max_errors: int = MAX_ERRORS,
) -> ValidationResult:
    """Validate a report that `bank_id` submits at `now` (with a zone). Never raises, whatever the bytes.

    Args:
        report: the whole report, or chunks of it of any size: the result is the same. Chunks are read once, and
            memory stays bounded (some 100 MB) however long the report is.
        bank_id: who submits it.
        now: the moment that timestamps are compared with.
        max_bytes: a larger report is refused as a whole, and not read to its end.
        max_errors: how many errors the result keeps.
    """
    chunks = [report] if isinstance(report, bytes) else report
    bounded = _at_most(max_bytes, chunks)
    try:
        result = _validate_blocks(read_blocks(bounded), bank_id, now, max_errors)
        # A header may be refused before all is read; what is too large is told as that, however it is cut into chunks.
        deque(bounded, maxlen=0)
    except _TooLargeError:
        message = f"the file has more than {max_bytes} bytes: submit it as several reports"
        return _refused(1, [Violation(Code.FILE_TOO_LARGE, message)])
    return result


_EMPTY: Final = Violation(Code.FILE_EMPTY, "the file is empty: expected a header and rows")
_NO_ROWS: Final = Violation(Code.FILE_NO_ROWS, "the report has a header but no rows: expected at least one")


class _TooLargeError(Exception):
    """The report has more bytes than it may."""


def _at_most(max_bytes: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = max_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise _TooLargeError
        yield chunk


def _validate_blocks(blocks: Iterator[Block], bank_id: str, now: datetime, max_errors: int) -> ValidationResult:
    first = next(blocks, None)
    kind = first and foreign_file_type(first.text.encode("latin-1"))
    if not first or kind:
        return _refused(1, [kind or _EMPTY])
    found = take_header(chain([first], blocks))
    if not found:
        return _refused(1, [_EMPTY])
    header, rest = found
    names = read_record(header)
    violations = [names] if isinstance(names, Violation) else header_violations(names)
    if isinstance(names, Violation) or violations:
        return _refused(header.number, violations)
    validated = RowsValidator(names, bank_id=bank_id, now=now, first_line=header.number + 1, max_errors=max_errors)
    with closing(validated) as rows:
        for block in rest:
            rows.take(block)
        return rows.result() if rows.count else _refused(header.number, [_NO_ROWS])


def _refused(line: int, violations: Sequence[Violation]) -> ValidationResult:
    log = ErrorLog(len(violations))
    for violation in violations:
        log.add(line, violation)
    return ValidationResult(
        errors=log.kept(), errors_by_code={code.value: count for code, count in log.by_code.items()}
    )
