"""Keys of the reports bucket."""

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.api import MAX_DECLARED_BYTES
from shared.contracts.objects import load_key, loads_prefix, rows_of_load
from tests.effort import examples

STARTS = st.integers(0, MAX_DECLARED_BYTES)
ROWS = st.integers(1, 5_000)


@examples(50)
@given(STARTS, STARTS, ROWS, ROWS)
def test_keys_of_results_sort_by_range_and_tell_their_rows(start: int, later: int, rows: int, more: int) -> None:
    first = load_key("b-1", "u", "a", start=start, rows=rows)
    second = load_key("b-1", "u", "a", start=later, rows=more)

    assert (first < second) is (start < later or (start == later and str(rows) < str(more)))
    assert (rows_of_load(first), rows_of_load(second)) == (rows, more)
    assert first.startswith(loads_prefix("b-1", "u", "a"))


def test_a_key_of_an_earlier_version_tells_no_rows() -> None:
    assert rows_of_load("loads/b-1/u/a/000000000049.json") == 0
