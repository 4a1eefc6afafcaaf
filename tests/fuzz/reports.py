"""From the fuzzer's bytes to a report, and what must hold for each.

The first byte says what the rest is: a file as it stands, or lines that follow rows which the validator has learned from,
so that a short input reaches what otherwise needs a long report. The second byte sets the size of chunks.
"""

from typing import Final

from functions.report.validator import validate_report
from tests.unit.functions.report.agreement import KEPT, assert_agreement
from tests.unit.functions.report.defects import BROKEN_LINES, WRONG_VALUES
from tests.unit.functions.report.reports import BANK, NOW, SAMPLES, report, row

_LEARNED: Final = [row(transaction_id=f"N-{number:02d}", amount=f"{number + 1}.50") for number in range(20)]
_WRONG: Final = [each | {"amount": "1e5", "timestamp": "2026-11-20"} for each in _LEARNED]
STARTS: Final = (
    b"",
    report(_LEARNED),
    report(_LEARNED, quoted=True, end="\r\n"),
    report(_LEARNED, columns=("currency", "bank_id", "amount", "timestamp", "transaction_id")),
    report(_WRONG),
)
_LARGEST_SAMPLE: Final = 10_000
_CHUNK: Final = 16


def check(data: bytes) -> None:
    """The validator agrees with the reference on what the bytes stand for, whole and in chunks."""
    kind, size, content = data[0] if data else 0, data[1] + 1 if len(data) > 1 else _CHUNK, data[2:]
    whole = STARTS[kind % len(STARTS)] + content
    result, _ = assert_agreement(whole)
    chunks = (whole[start : start + size] for start in range(0, len(whole), size))
    assert validate_report(chunks, bank_id=BANK, now=NOW, max_errors=KEPT) == result


def seeds() -> list[bytes]:
    """Where the fuzzer begins: the small sample reports, and every named defect behind learned rows."""
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.csv"))]
    values = [report([row() | {column: value}], quoted=True) for _, column, value in WRONG_VALUES]
    lines = [line + b"\n" for line, _, _ in BROKEN_LINES] + [made.split(b"\n", 1)[1] for made in values]
    files = [bytes((0, _CHUNK)) + sample for sample in samples if len(sample) < _LARGEST_SAMPLE]
    return files + [bytes((kind, _CHUNK)) + line for kind in range(1, len(STARTS)) for line in lines]
