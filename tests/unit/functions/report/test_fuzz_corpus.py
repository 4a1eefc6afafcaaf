"""What the fuzzer starts from and once found holds in every run of the tests."""

from pathlib import Path

import pytest

from tests.fuzz.reports import check, seeds
from tests.unit.functions.report.reports import SAMPLES

CORPUS = SAMPLES.parent / "fuzz" / "corpus"


@pytest.mark.parametrize("kept", sorted(CORPUS.glob("[!.]*")), ids=lambda path: path.name)
def test_the_validator_agrees_with_the_reference_on_what_the_fuzzer_kept(kept: Path) -> None:
    check(kept.read_bytes())


def test_the_validator_agrees_with_the_reference_on_all_seeds() -> None:
    for seed in seeds():
        check(seed)
