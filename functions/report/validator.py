"""The judge: a report's bytes in, the verdict out.

Anything wrong refuses the whole report (its totals must match the books), and every problem is told at once. Rows are
judged in bulk where they look like rows that were judged good before, else field by field.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from typing import Final

from functions.report.parsing.blocks import Block, read_blocks
from functions.report.format.rules import MAX_PROBLEMS, Code
from functions.report.parsing.header import header_faults, take_header
from functions.report.parsing.file_type import foreign_kind
from functions.report.errors.validation_error import Fault, ProblemLog
from functions.report.parsing.records import read_record
from functions.report.row_validator import Rows
from functions.report.result.validation_result import Verdict
from shared.contracts.api import MAX_REPORT_BYTES


def judge(
    report: bytes | Iterable[bytes],
    *,
    bank_id: str,
    now: datetime,
    max_bytes: int = MAX_REPORT_BYTES,
    max_problems: int = MAX_PROBLEMS,
) -> Verdict:
    """Judge a report that `bank_id` hands in at `now` (with a zone). Never raises, whatever the bytes.

    Args:
        report: the whole report, or chunks of it of any size: the verdict is the same. Chunks are read once, and
            memory stays bounded (some 100 MB) however long the report is.
        bank_id: who hands it in.
        now: the moment that timestamps are compared with.
        max_bytes: a larger report is refused as a whole, and not read to its end.
        max_problems: how many problems the verdict keeps.
    """
    chunks = [report] if isinstance(report, bytes) else report
    bounded = _at_most(max_bytes, chunks)
    try:
        verdict = _judge_blocks(read_blocks(bounded), bank_id, now, max_problems)
        # A header may be refused before all is read; what is too large is told as that, however it is cut into chunks.
        deque(bounded, maxlen=0)
    except _TooLargeError:
        message = f"the file has more than {max_bytes} bytes: hand it in as several reports"
        return _refused(1, [Fault(Code.FILE_TOO_LARGE, message)])
    return verdict


_EMPTY: Final = Fault(Code.FILE_EMPTY, "the file is empty: expected a header and rows")
_NO_ROWS: Final = Fault(Code.FILE_NO_ROWS, "the report has a header but no rows: expected at least one")


class _TooLargeError(Exception):
    """The report has more bytes than it may."""


def _at_most(max_bytes: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = max_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise _TooLargeError
        yield chunk


def _judge_blocks(blocks: Iterator[Block], bank_id: str, now: datetime, max_problems: int) -> Verdict:
    first = next(blocks, None)
    kind = first and foreign_kind(first.text.encode("latin-1"))
    if not first or kind:
        return _refused(1, [kind or _EMPTY])
    found = take_header(chain([first], blocks))
    if not found:
        return _refused(1, [_EMPTY])
    header, rest = found
    names = read_record(header)
    faults = [names] if isinstance(names, Fault) else header_faults(names)
    if isinstance(names, Fault) or faults:
        return _refused(header.number, faults)
    judged = Rows(names, bank_id=bank_id, now=now, first_line=header.number + 1, max_problems=max_problems)
    with closing(judged) as rows:
        for block in rest:
            rows.take(block)
        return rows.verdict() if rows.count else _refused(header.number, [_NO_ROWS])


def _refused(line: int, faults: Sequence[Fault]) -> Verdict:
    log = ProblemLog(len(faults))
    for fault in faults:
        log.add(line, fault)
    return Verdict(problems=log.kept(), problems_by_code={code.value: count for code, count in log.by_code.items()})
