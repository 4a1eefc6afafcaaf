"""The benchmarks run on little data without native libraries, agree, and end with their ratios."""

import re
from pathlib import Path

import pytest

from benchmarks import coldstart, growth, latency, validator
from benchmarks.parts.outcome import BenchmarkError, Outcome, check_agreement
from benchmarks.parts.page import write_section
from benchmarks.parts.reports import KINDS, Kind, lines


def test_the_comparison_ends_with_a_ratio_for_each_peer_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    done = validator.main(["--rows", "2000", "--rounds", "1", "--peers", "csv_reader", "pydantic"])

    assert done == 0
    names = re.findall(r"^ratio (\S+) \d+\.\d\d$", capsys.readouterr().out, flags=re.MULTILINE)
    assert names == [
        "csv_reader-numbered",
        "pydantic-numbered",
        "csv_reader-random",
        "pydantic-random",
        "csv_reader-invalid-currency",
        "csv_reader-invalid-anywhere",
    ]


def test_contenders_that_disagree_make_the_comparison_void() -> None:
    ours = Outcome(rows=2, invalid=0, totals={"EUR": "1.00"})

    check_agreement([("ours", ours), ("reader", Outcome(rows=2)), ("other", Outcome(rows=2, totals={"EUR": "1.0000"}))])
    for other in (Outcome(rows=3), Outcome(rows=2, invalid=1), Outcome(rows=2, totals={"EUR": "1.01"})):
        with pytest.raises(BenchmarkError, match="ours and other disagree"):
            check_agreement([("ours", ours), ("other", other)])


def test_growth_finds_the_planted_duplicate_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert growth.main(["--rows", "100", "1000", "--bytes", "100000"]) == 0

    assert "already used on line 7" in capsys.readouterr().out


def test_latency_separates_warm_validations_from_cold_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert latency.main(["--bytes", "20000", "--times", "3", "--starts", "2"]) == 0

    printed = capsys.readouterr().out
    assert "Warm, 3 validations" in printed
    assert "2 fresh processes" in printed


def test_a_cold_start_is_measured_up_to_the_answer_beside_boto3_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert coldstart.main(["--starts", "1", "--variants", "alone", "zip-source"]) == 0

    alone, in_zip = re.findall(r"^\| (boto3 .*) \|$", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(alone.split(" | ")) == len(in_zip.split(" | ")) == 8


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_reports_are_the_same_each_time(kind: Kind) -> None:
    assert list(lines(kind, 100)) == list(lines(kind, 100))


def test_new_results_replace_the_earlier_ones(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    mark = "<!-- validator: written by ./dev bench validator --write -->"
    page.write_text(f"before\n{mark}\nold\n<!-- /validator -->\nafter\n")

    write_section(page, "validator", "new")

    assert page.read_text() == f"before\n{mark}\nnew\n<!-- /validator -->\nafter\n"
    with pytest.raises(ValueError, match=r"page\.md has 0 sections"):
        write_section(page, "growth", "new")
