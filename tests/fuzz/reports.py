"""From the fuzzer's bytes to a report, and what must hold for each.

The first byte says what the rest is: a whole file, or lines after rows whose shape the validator has learned, so that a
short input reaches what otherwise needs a long report. The second byte sets the size of chunks.
"""

from typing import Final

from functions.report.format.definition import COLUMNS
from tests.unit.functions.report.defects import DEFECTS
from tests.unit.functions.report.reports import SAMPLES, lines_of, report, row
from tests.unit.functions.report.results import ALL, agreed_result_on, result_on

_LEARNED: Final = [row(transaction_id=f"N-{number:02d}", amount=f"{number + 1}.50") for number in range(20)]
_INVALID: Final = [each | {"amount": "1e5", "timestamp": "2026-11-20"} for each in _LEARNED]
STARTS: Final = (
    b"",
    report(_LEARNED),
    report(_LEARNED, quoted=True, end="\r\n"),
    report(_LEARNED, columns=("currency", "bank_id", "amount", "timestamp", "transaction_id")),
    report(_INVALID),
)
_LARGEST_SEED: Final = 10_000
_CHUNK: Final = 16


def check(data: bytes) -> None:
    """The validator agrees with the reference on the report that the bytes describe, whole and in chunks."""
    kind, size, content = data[0] if data else 0, data[1] + 1 if len(data) > 1 else _CHUNK, data[2:]
    whole = STARTS[kind % len(STARTS)] + content
    result = agreed_result_on(whole)
    chunks = (whole[start : start + size] for start in range(0, len(whole), size))
    assert result_on(chunks, max_errors=ALL) == result


def seeds() -> list[bytes]:
    """Where the fuzzer begins: the small sample reports, and every defect of a row after learned rows."""
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.csv"))]
    spoiled = [lines_of([each.applied_to(row(**each.valid), COLUMNS)], quoted=True) for each in DEFECTS]
    lines = [each for each in spoiled if len(each) < _LARGEST_SEED]
    files = [bytes((0, _CHUNK)) + sample for sample in samples if len(sample) < _LARGEST_SEED]
    return files + [bytes((kind, _CHUNK)) + line for kind in range(1, len(STARTS)) for line in lines]
