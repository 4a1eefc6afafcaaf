"""The benchmark of loading writes every row in every way, and ends with its ratios."""

import re

import pytest

from benchmarks import load

pytestmark = pytest.mark.e2e


def test_the_loader_needs_a_request_for_25_new_rows_and_for_about_100_known_ones(
    user: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert user
    assert load.main(["--rows", "400", "--rounds", "1"]) == 0

    ratios = dict(re.findall(r"^ratio (\S+) (\d+\.\d\d)$", capsys.readouterr().out, flags=re.MULTILINE))
    assert {name.partition("-")[0] for name in ratios} == {"put_item", "batch_writer", "transact_write_items"}
    assert ratios["put_item-requests"] == "25.00"
    assert ratios["batch_writer-requests"] == "1.00"
    assert ratios["put_item-requests-again"] == "80.00"
    assert ratios["transact_write_items-units"] == "1.50"
