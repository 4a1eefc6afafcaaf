"""Every duplicate id is found and no other is reported, in memory and on disk."""

import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.rules import duplicates, hashes
from functions.report.rules.duplicates import HASHES_IN_MEMORY, Duplicate, DuplicateFinder
from functions.report.rules.hashes import MAX_SET
from tests.effort import examples


def duplicates_in(
    ids: Sequence[str],
    pieces: Sequence[int] = (),
    lines_apart: int = 1,
    max_set: int = MAX_SET,
    in_memory: int = HASHES_IN_MEMORY,
) -> list[Duplicate]:
    """What a finder finds. Ids are added in `pieces` of so many at once, the others one by one."""
    lines = range(2, 2 + len(ids) * lines_apart, lines_apart)
    with closing(DuplicateFinder(max_set, in_memory)) as finder:
        position = 0
        for size in pieces:
            part = ids[position : position + size]
            if part and lines_apart == 1:
                finder.extend(part, lines[position : position + size])
                position += len(part)
        for transaction_id, line in zip(ids[position:], lines[position:], strict=True):
            finder.add(transaction_id, line)
        return sorted(finder.duplicates())


def expected(ids: Sequence[str], lines_apart: int = 1) -> list[Duplicate]:
    first: dict[str, int] = {}
    found = []
    for line, transaction_id in zip(range(2, 2 + len(ids) * lines_apart, lines_apart), ids, strict=True):
        if first.setdefault(transaction_id, line) != line:
            found.append(Duplicate(line, transaction_id, first[transaction_id]))
    return found


@given(
    st.lists(st.text("abAB01._-", min_size=1, max_size=2), max_size=60),
    st.lists(st.integers(1, 20), max_size=5),
    st.sampled_from([1, 3]),
)
def test_short_lists_have_the_duplicates_that_a_dictionary_finds(
    ids: list[str], pieces: list[int], lines_apart: int
) -> None:
    assert duplicates_in(ids, pieces, lines_apart) == expected(ids, lines_apart)


@examples(10)
@given(
    ascending=st.integers(0, 6_000),
    shuffled=st.integers(0, 6_000),
    repeated=st.lists(st.integers(0, 12_000), max_size=20),
    pieces=st.lists(st.integers(1, 3_000), max_size=8),
    seed=st.integers(0, 2**32),
    max_set=st.sampled_from([0, 2_000, MAX_SET]),
    in_memory=st.sampled_from([1, 4_000, HASHES_IN_MEMORY]),
)
def test_long_lists_have_the_duplicates_that_a_dictionary_finds(
    *, ascending: int, shuffled: int, repeated: list[int], pieces: list[int], seed: int, max_set: int, in_memory: int
) -> None:
    random = Random(seed)
    ids = [f"N-{number:06d}" for number in range(ascending + shuffled)]
    tail = ids[ascending:]
    random.shuffle(tail)
    ids[ascending:] = tail
    for number in repeated:
        ids.insert(random.randrange(len(ids) + 1), f"N-{number:06d}")

    assert duplicates_in(ids, pieces, max_set=max_set, in_memory=in_memory) == expected(ids)


@pytest.mark.parametrize("ordered", [True, False], ids=["ascending", "random"])
@pytest.mark.parametrize("in_bulk", [True, False], ids=["in bulk", "one by one"])
def test_duplicates_far_apart_are_found_through_the_partitions_on_disk(*, ordered: bool, in_bulk: bool) -> None:
    # More ids than are kept in memory, twice over, and more bytes than the file keeps there.
    number = 400_000
    ids = [f"{each:064d}" if ordered else f"{each * 2_654_435_761 % 2**32:064x}" for each in range(number)]
    places = {number - 1: 0, number // 2: 1, number // 2 + 1: 1, number - 2: number // 2, 7: 6, number - 3: 200_000}
    for place, source in places.items():
        ids[place] = ids[source]

    found = duplicates_in(ids, [2_000] * (number // 2_000) if in_bulk else ())

    assert found == expected(ids)
    assert len(found) == len(places)


@given(st.lists(st.text("ab", min_size=1, max_size=8), max_size=300), st.sampled_from([0, 1, MAX_SET]))
@examples(20)
def test_different_ids_of_the_same_hash_are_no_duplicates(ids: list[str], max_set: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (hashes, duplicates):
            patch.setattr(module, "hash", len, raising=False)

        assert duplicates_in(ids, [150, 150], max_set=max_set, in_memory=200) == expected(ids)


@pytest.mark.parametrize("most", [0, 3, 1_000])
def test_all_duplicates_are_found_if_more_hashes_are_repeated_than_are_kept(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(hashes, "MAX_REPEATED", most)
    ids = [f"N-{number * 7_919 % 1_500:04d}" for number in range(3_000)]

    assert duplicates_in(ids, [500] * 6, in_memory=1_000) == expected(ids)


def test_an_id_that_every_row_has_takes_memory_once() -> None:
    finder = hashes.Hashes(1, 1_000)
    with closing(finder):
        for _ in range(300):
            finder.add(["A"] * 1_000)
        tracemalloc.start()
        repeated = finder.repeated()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert repeated == {hash("A")}
    assert peak < 300 * 1_000


def test_ids_differ_by_case_by_zeros_and_by_their_ends() -> None:
    assert not duplicates_in(["a", "A", "0", "00", "1", "1.0", "01", "a-", "a.", "a_", "ab", "b"])


def test_ids_are_all_compared_if_only_the_last_one_is_out_of_order() -> None:
    ids = [f"N-{number:06d}" for number in range(5_000)]

    assert duplicates_in([*ids, ids[0]], [1_000] * 5) == [Duplicate(5_002, ids[0], 2)]
    assert duplicates_in([*ids, ids[-1]], [1_000] * 5) == [Duplicate(5_002, ids[-1], 5_001)]
    assert not duplicates_in([*ids, "A-1"], [1_000] * 5)
