"""The fuzzer's seeds and kept inputs hold in every run of the tests."""

from pathlib import Path

import pytest

from tests.fuzz.reports import check, seeds
from tests.unit.functions.report.reports import SAMPLES

CORPUS = SAMPLES.parent / "fuzz" / "corpus"


@pytest.mark.parametrize("kept", sorted(CORPUS.glob("[!.]*")), ids=lambda path: path.name)
def test_the_validator_agrees_with_the_reference_on_the_fuzzers_kept_inputs(kept: Path) -> None:
    check(kept.read_bytes())


def test_the_validator_agrees_with_the_reference_on_the_fuzzers_seeds() -> None:
    for seed in seeds():
        check(seed)
