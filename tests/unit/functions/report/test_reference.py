"""The validator against the slow, obvious reference: the same rows, totals, errors and counts, whatever the bytes.

Reports are long enough for what the validator learns of their rows, for its being wrong, and for several blocks.
"""

from random import Random
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.functions.report.agreement import assert_agreement
from tests.unit.functions.report.long_reports import (
    Writing,
    good_rows_of,
    with_a_wrong_column,
    with_defects,
    writings,
    written,
)
from tests.unit.functions.report.reference import NAMES
from tests.unit.functions.report.reports import valid_reports

LONG: Final = settings(max_examples=40)


@LONG
@given(writings())
def test_long_good_reports_are_accepted(writing: Writing) -> None:
    result, _ = assert_agreement(written(good_rows_of(writing), writing))

    assert result.valid
    assert result.rows == writing.rows


@LONG
@given(writings(), st.integers(1, 40))
def test_defects_at_random_places_are_found_where_they_are(writing: Writing, defects: int) -> None:
    rows = with_defects(good_rows_of(writing), Random(writing.seed), defects)

    assert_agreement(written(rows, writing))


@LONG
@given(writings(min_rows=20), st.sampled_from(NAMES), st.sampled_from([0.01, 0.5, 1.0]))
def test_a_column_that_is_wrong_again_and_again_is_validated_value_by_value(
    writing: Writing, column: str, share: float
) -> None:
    rows = with_a_wrong_column(good_rows_of(writing), Random(writing.seed), column, share)

    result, _ = assert_agreement(written(rows, writing))

    # A value that is wrong in most currencies is good in some: 10.505 in KWD.
    assert share < 1.0 or result.error_count > 0


@settings(max_examples=20)
@given(writings(max_rows=1_500), st.integers(1, 30))
def test_all_columns_wrong_in_turn(writing: Writing, defects: int) -> None:
    random = Random(writing.seed)
    rows = good_rows_of(writing)
    for name in NAMES:
        rows = [each for each in with_a_wrong_column(rows, random, name, 0.2) if isinstance(each, dict)]

    assert_agreement(written(with_defects(rows, random, defects), writing))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """A place, how many bytes are taken out there, and what is put in: a byte is changed, inserted or deleted."""
    byte = bytes([draw(st.integers(0, 255) | st.sampled_from(b'\r\n",.-0 '))])
    taken, put = draw(st.sampled_from([(1, byte), (0, byte), (1, b"")]))
    return draw(st.integers(0, 2**20)), taken, put


def mutated(data: bytes, mutation: tuple[int, int, bytes]) -> bytes:
    place, taken, put = mutation
    place %= len(data)
    return data[:place] + put + data[place + taken :]


@settings(max_examples=60)
@given(writings(min_rows=100, max_rows=400), st.lists(mutations(), min_size=8, max_size=8))
def test_a_mutated_byte_is_validated_as_by_the_reference(
    writing: Writing, each_alone: list[tuple[int, int, bytes]]
) -> None:
    data = written(good_rows_of(writing), writing)

    for mutation in each_alone:
        assert_agreement(mutated(data, mutation))


@given(valid_reports(), mutations())
def test_a_mutated_byte_of_a_short_report_is_validated_as_by_the_reference(
    made: tuple[bytes, list[dict[str, str]]], mutation: tuple[int, int, bytes]
) -> None:
    assert_agreement(mutated(made[0], mutation))


@given(st.one_of(st.binary(max_size=300), st.text(alphabet='",\r\na1.\x00é', max_size=300).map(str.encode)))
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
def test_whatever_the_bytes_there_is_the_references_result(data: bytes) -> None:
    assert_agreement(data)


@pytest.mark.parametrize("length", [65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 300_000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_is_overlong_beyond_its_limit_wherever_it_stands(length: int, end: bytes) -> None:
    good = b"N-%d,1,EUR,2026-11-20T00:00:00Z,nordbank\n"
    line = (b"x" * length) + end
    head = ",".join(NAMES).encode() + b"\n"
    rows = b"".join(good % number for number in range(40))

    for data in (line, head + line, head + rows + line, head + rows + line + (good % 99 if end else b"")):
        assert_agreement(data)
