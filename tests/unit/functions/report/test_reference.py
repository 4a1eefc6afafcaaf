"""The validator against the slow, obvious reference: the same rows, totals, errors and counts, on any bytes.

Reports are long enough for the validator to learn the shape of their rows, to meet another one, and for several blocks.
"""

from random import Random
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.report.format.definition import COLUMNS
from tests.effort import examples
from tests.unit.functions.report.defects import DEFECTS, VALUE_DEFECTS
from tests.unit.functions.report.reports import (
    Row,
    Style,
    numbered,
    report,
    styles,
    valid_reports,
    valid_rows,
    with_defects,
    written,
)
from tests.unit.functions.report.results import agreed_result_on

LONG: Final = examples(12)
LONGEST_REPEATED: Final = 100


def with_an_invalid_column(rows: list[Row], random: Random, column: str, share: float) -> list[Row]:
    """In this share of the rows the column is invalid, mostly with the same value."""
    values = [each.spoil("") for each in VALUE_DEFECTS if each.column == column and len(each.name) < LONGEST_REPEATED]
    repeated = random.choice(values)
    return [
        each | {column: random.choice([repeated] * 99 + values)} if random.random() < share else each for each in rows
    ]


@LONG
@given(styles())
def test_long_valid_reports_are_accepted(style: Style) -> None:
    result = agreed_result_on(written(valid_rows(style), style))

    assert result.valid
    assert result.rows == style.rows


@LONG
@given(styles(), st.integers(1, 40))
def test_defects_in_random_rows_are_found_there(style: Style, number: int) -> None:
    random = Random(style.seed)
    rows = with_defects(valid_rows(style), random.choices(DEFECTS, k=number), style.columns, random)

    assert not agreed_result_on(written(rows, style)).valid


@LONG
@given(styles(min_rows=20), st.sampled_from(COLUMNS), st.sampled_from([0.01, 0.5, 1.0]))
def test_a_column_that_is_invalid_again_and_again_is_validated_value_by_value(
    style: Style, column: str, share: float
) -> None:
    rows = with_an_invalid_column(valid_rows(style), Random(style.seed), column, share)

    result = agreed_result_on(written(rows, style))

    # A value that is invalid in most currencies is valid in some: 10.505 in KWD.
    assert share < 1.0 or result.error_count > 0


@examples(7)
@given(styles(min_rows=20, max_rows=1_500), st.integers(1, 30))
def test_columns_that_are_invalid_in_turn_are_validated_as_by_the_reference(style: Style, number: int) -> None:
    random = Random(style.seed)
    rows = valid_rows(style)
    for name in COLUMNS:
        rows = with_an_invalid_column(rows, random, name, 0.2)
    spoiled = with_defects(rows, random.choices(DEFECTS, k=number), style.columns, random)

    assert not agreed_result_on(written(spoiled, style)).valid


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """A place, how many bytes are removed there, and what is inserted: a byte is changed, inserted or deleted."""
    byte = bytes([draw(st.integers(0, 255) | st.sampled_from(b'\r\n",.-0 '))])
    removed, inserted = draw(st.sampled_from([(1, byte), (0, byte), (1, b"")]))
    return draw(st.integers(0, 2**20)), removed, inserted


def mutated(data: bytes, mutation: tuple[int, int, bytes]) -> bytes:
    place, removed, inserted = mutation
    place %= len(data)
    return data[:place] + inserted + data[place + removed :]


@examples(15)
@given(styles(min_rows=100, max_rows=300), st.lists(mutations(), min_size=4, max_size=4))
def test_a_mutated_byte_is_validated_as_by_the_reference(
    style: Style, each_alone: list[tuple[int, int, bytes]]
) -> None:
    data = written(valid_rows(style), style)

    for mutation in each_alone:
        assert agreed_result_on(mutated(data, mutation)).rows <= style.rows + 1


@given(valid_reports(), mutations())
def test_a_mutated_byte_of_a_short_report_is_validated_as_by_the_reference(
    made: tuple[bytes, list[Row]], mutation: tuple[int, int, bytes]
) -> None:
    assert agreed_result_on(mutated(made[0], mutation)).rows <= len(made[1]) + 1


@given(st.one_of(st.binary(max_size=300), st.text(alphabet='",\r\na1.\x00é', max_size=300).map(str.encode)))
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
def test_any_other_bytes_are_rejected_as_by_the_reference(data: bytes) -> None:
    assert not agreed_result_on(data).valid


@pytest.mark.parametrize("length", [65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 300_000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_is_too_long_beyond_its_limit_wherever_it_is(length: int, end: bytes) -> None:
    line = (b"x" * length) + end
    head, rows = report([]), report(numbered(0, 40))

    for data in (line, head + line, rows + line, rows + line + (report(numbered(99, 1)) if end else b"")):
        assert not agreed_result_on(data).valid
