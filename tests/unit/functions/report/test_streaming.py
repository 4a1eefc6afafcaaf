"""However a report is cut into chunks, the result is the same, ranges included, and memory stays bounded."""

import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.report.format.rules import COLUMNS
from functions.report.parsing.blocks import BLOCK_BYTES, MAX_LINE_BYTES
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from tests.unit.functions.report.long_reports import Writing, good_rows_of, with_defects, writings, written
from tests.unit.functions.report.reports import BANK, NOW, report, row

HEADER: Final = ",".join(COLUMNS).encode() + b"\n"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
GOOD: Final = report(row(transaction_id=f"N-{number}") for number in range(3_000))


def result_on(data: bytes | Iterator[bytes], max_bytes: int = 2**30) -> ValidationResult:
    return validate_report(data, bank_id=BANK, now=NOW, max_bytes=max_bytes)


def cut(data: bytes, places: Sequence[int]) -> Iterator[bytes]:
    """Chunks between the places; one that is named twice makes an empty chunk."""
    ends = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return (data[start:end] for start, end in pairwise(ends))


@settings(max_examples=40)
@given(writings(), st.integers(0, 3), st.lists(st.integers(0, 2**20), max_size=12))
def test_random_cuts_leave_the_result_as_it_is(writing: Writing, defects: int, places: list[int]) -> None:
    data = written(with_defects(good_rows_of(writing), Random(writing.seed), defects), writing)

    assert result_on(cut(data, places)) == result_on(data)


@settings(max_examples=30)
@given(writings(max_rows=300), st.integers(0, 3), st.integers(1, 7))
def test_tiny_chunks_and_empty_ones_leave_the_result_as_it_is(writing: Writing, defects: int, size: int) -> None:
    data = written(with_defects(good_rows_of(writing), Random(writing.seed), defects), writing)
    chunks = (chunk for start in range(0, len(data), size) for chunk in (b"", data[start : start + size]))

    assert result_on(chunks) == result_on(data)


@pytest.mark.parametrize("size", [1, 2, 3, 65_536, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, BLOCK_BYTES + 3])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        BYTE_ORDER_MARK,
        BYTE_ORDER_MARK + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        HEADER + b"\r\n" * 100_000 + GOOD[len(HEADER) :],
        HEADER + b"\n" * (2 * BLOCK_BYTES),
        GOOD[: -len("\n")] + b"\r",
        b"PK\x03\x04" + b"\0" * 200_000,
    ],
    ids=["empty", "mark alone", "mark", "CRLF", "empty lines", "no rows", "bare CR at the end", "ZIP"],
)
def test_chunks_of_one_size_leave_the_result_as_it_is(data: bytes, size: int) -> None:
    assert result_on(data[start : start + size] for start in range(0, len(data), size)) == result_on(data)


@pytest.mark.parametrize("mark", [b"", BYTE_ORDER_MARK])
@pytest.mark.parametrize("length", [MAX_LINE_BYTES + 1, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 5])
@given(places=st.lists(st.integers(0, 2**20), max_size=6))
@settings(max_examples=10)
def test_cuts_inside_overlong_lines_leave_the_result_as_it_is(mark: bytes, length: int, places: list[int]) -> None:
    data = mark + GOOD[:50_000].rpartition(b"\n")[0] + b"\n" + b"x" * length + b"\n" + GOOD[len(HEADER) : 9_000]
    whole = result_on(data)

    assert result_on(cut(data, places)) == whole
    assert whole.errors[0].code == "row.malformed"
    assert whole.errors[0].line == GOOD[:50_000].count(b"\n") + 1


@pytest.mark.parametrize("mark", [b"", BYTE_ORDER_MARK])
@pytest.mark.parametrize("start", [HEADER, b"other,header\n", b"%PDF-1.7\n", b"\n"])
@pytest.mark.parametrize("size", [1_000, BLOCK_BYTES, BLOCK_BYTES + 3, 10**6])
def test_a_report_that_is_too_large_is_told_as_that_however_it_is_cut(mark: bytes, start: bytes, size: int) -> None:
    data = mark + start + GOOD[len(HEADER) :]
    limit = BLOCK_BYTES + 8
    assert len(data) > limit

    result = result_on((data[begin : begin + size] for begin in range(0, len(data), size)), max_bytes=limit)

    assert [problem.code for problem in result.errors] == ["file.too_large"]
    assert result == result_on(data, max_bytes=limit)


def test_a_report_that_is_too_large_is_not_read_to_its_end() -> None:
    def endless() -> Iterator[bytes]:
        yield HEADER
        while True:
            yield b"\n" * 1_000

    assert result_on(endless(), max_bytes=10**6).errors[0].code == "file.too_large"


def test_memory_stays_bounded_on_a_long_stream_of_random_ids() -> None:
    rows_in_chunk, chunks = 2_000, 280
    random = Random(7)

    def stream() -> Iterator[bytes]:
        yield HEADER
        for _ in range(chunks):
            names = random.randbytes(32 * rows_in_chunk).hex()
            ids = (names[start : start + 64] for start in range(0, len(names), 64))
            yield "".join(f"{each},12.50,EUR,2026-11-20T10:00:00Z,{BANK}\n" for each in ids).encode()

    tracemalloc.start()
    try:
        result = result_on(stream())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert result.valid
    assert result.rows == rows_in_chunk * chunks
    # The report has 61 MB and is never held. What is: a log of 32 MB before it goes to disk, and a set of hashes.
    assert peak < 100_000_000
