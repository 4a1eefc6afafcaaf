"""The result is the same for any chunks of a report, ranges included, and memory stays bounded."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.parsing.blocks import BLOCK_BYTES, MAX_LINE_BYTES
from functions.report.result.validation_result import ValidationResult
from shared.repository import ROOT
from tests.effort import examples
from tests.unit.functions.report.defects import BYTE_ORDER_MARK, DEFECTS
from tests.unit.functions.report.reports import (
    BANK,
    Style,
    numbered,
    report,
    styles,
    valid_rows,
    with_defects,
    written,
)
from tests.unit.functions.report.results import places, result_on

HEADER: Final = report([])
VALID: Final = report(numbered(0, 3_000))
UNLIMITED: Final = 2**30
LONG_ROWS: Final = 560_000
PEAK: Final = """
import re
from pathlib import Path
from tests.unit.functions.report.results import result_on
from tests.unit.functions.report.test_streaming import UNLIMITED, long_stream

def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

before = peak()
result = result_on(long_stream(), max_bytes=UNLIMITED)
print(result.valid, result.rows, peak() - before)
"""


def cut(data: bytes, at: Sequence[int]) -> Iterator[bytes]:
    """Chunks between places; one that is named twice makes an empty chunk."""
    ends = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return (data[start:end] for start, end in pairwise(ends))


def chunks_of(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@cache
def whole_result(data: bytes) -> ValidationResult:
    """The result of the whole in one chunk."""
    return result_on(data)


def spoiled(style: Style, number: int) -> bytes:
    random = Random(style.seed)
    rows = with_defects(valid_rows(style), random.choices(DEFECTS, k=number), style.columns, random)
    return written(rows, style)


@examples(15)
@given(styles(), st.integers(0, 3), st.lists(st.integers(0, 2**20), max_size=12))
def test_random_chunks_have_the_result_of_the_whole(style: Style, defects: int, at: list[int]) -> None:
    data = spoiled(style, defects)

    assert result_on(cut(data, at)) == result_on(data)


@examples(15)
@given(styles(max_rows=300), st.integers(0, 3), st.integers(1, 7))
def test_tiny_chunks_and_empty_ones_have_the_result_of_the_whole(style: Style, defects: int, size: int) -> None:
    data = spoiled(style, defects)
    chunks = (chunk for each in chunks_of(data, size) for chunk in (b"", each))

    assert result_on(chunks) == result_on(data)


@pytest.mark.parametrize("size", [1, 2, 3, 65_536, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, BLOCK_BYTES + 3])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        BYTE_ORDER_MARK,
        BYTE_ORDER_MARK + VALID,
        VALID.replace(b"\n", b"\r\n"),
        HEADER + b"\r\n" * 100_000 + VALID[len(HEADER) :],
        HEADER + b"\n" * (2 * BLOCK_BYTES),
        VALID[: -len("\n")] + b"\r",
        b"PK\x03\x04" + b"\0" * 200_000,
    ],
    ids=["empty", "mark alone", "mark", "CRLF", "empty lines", "no rows", "bare CR at the end", "ZIP"],
)
def test_chunks_of_one_size_have_the_result_of_the_whole(data: bytes, size: int) -> None:
    assert result_on(chunks_of(data, size)) == whole_result(data)


@pytest.mark.parametrize("mark", [b"", BYTE_ORDER_MARK])
@pytest.mark.parametrize("length", [MAX_LINE_BYTES + 1, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 5])
@given(at=st.lists(st.integers(0, 2**20), max_size=6))
@examples(3)
def test_chunks_that_cut_a_line_that_is_too_long_have_the_result_of_the_whole(
    mark: bytes, length: int, at: list[int]
) -> None:
    before = VALID[:50_000].rpartition(b"\n")[0] + b"\n"
    data = mark + before + b"x" * length + b"\n" + VALID[len(HEADER) : 9_000]
    whole = result_on(data)

    assert result_on(cut(data, at)) == whole
    assert places(whole)[0] == (before.count(b"\n") + 1, None, "row.malformed")


@pytest.mark.parametrize("mark", [b"", BYTE_ORDER_MARK])
@pytest.mark.parametrize("start", [HEADER, b"other,header\n", b"%PDF-1.7\n", b"\n"])
@pytest.mark.parametrize("size", [1_000, BLOCK_BYTES, BLOCK_BYTES + 3, 10**6])
def test_a_report_that_is_too_large_has_no_other_error_in_any_chunks(mark: bytes, start: bytes, size: int) -> None:
    data = mark + start + VALID[len(HEADER) :]
    limit = BLOCK_BYTES + 8
    assert len(data) > limit

    result = result_on(chunks_of(data, size), max_bytes=limit)

    assert places(result) == [(1, None, "file.too_large")]
    assert result == result_on(data, max_bytes=limit)


def test_a_report_that_is_too_large_is_not_read_to_its_end() -> None:
    def endless() -> Iterator[bytes]:
        yield HEADER
        while True:
            yield b"\n" * 1_000

    assert result_on(endless(), max_bytes=10**6).errors[0].code == "file.too_large"


def long_stream() -> Iterator[bytes]:
    """560,000 rows with random ids, 61 MB."""
    random, rows_in_chunk = Random(7), 2_000
    yield HEADER
    for _ in range(LONG_ROWS // rows_in_chunk):
        names = random.randbytes(32 * rows_in_chunk).hex()
        ids = (names[start : start + 64] for start in range(0, len(names), 64))
        yield "".join(f"{each},12.50,EUR,2026-11-20T10:00:00Z,{BANK}\n" for each in ids).encode()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its peak of memory")
def test_memory_stays_bounded_on_a_long_stream_of_random_ids() -> None:
    # By the peak of a process of its own: to trace each allocation takes seven times as long as the validation.
    run = subprocess.run([sys.executable, "-c", PEAK], cwd=ROOT, capture_output=True, text=True, check=True)
    valid, rows, grown = run.stdout.split()

    assert (valid, rows) == ("True", str(LONG_ROWS))
    # The report is never held in memory: a log of 32 MB before it goes to disk is, and a set of hashes.
    assert int(grown) < 100_000_000
