"""Reports through the deployed API: every sample gets its result, and the transactions table has its totals."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from urllib.request import urlopen

import pytest
from rich.console import Console

from local.demo.ledger import totals_by_upload
from local.demo.results import send_and_show
from local.demo.samples import own_report
from local.deployment.outputs import Pipeline
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import EXPECTED, SAMPLES, errors, fresh_report, send_and_follow, totals_of_file
from tools.terminal import Terminal

pytestmark = pytest.mark.e2e
VALID = [name for name, result in EXPECTED.items() if result["valid"]]
INVALID = [name for name, result in EXPECTED.items() if not result["valid"]]


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_sample_is_rejected_with_every_validation_error(pipeline: Pipeline, name: str) -> None:
    result = EXPECTED[name]
    answer = pipeline.client(result["bank_id"]).upload(name, (SAMPLES / name).read_bytes())
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert errors(answer) == result["errors"]
    assert answer.body["error_count"] == len(result["errors"])


def test_a_rejected_report_is_downloaded_with_marked_rows_and_loaded_once_fixed(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    invalid = fresh_report("nordbank").replace(b"1.25,EUR", b"1.25,eur", 1)
    rejected = pipeline.client("nordbank").upload("daily.csv", invalid)
    link = pipeline.client("nordbank").upload_state(rejected.body["upload_id"]).body["corrections_url"]
    with urlopen(link) as answer:  # noqa: S310 - the pipeline's own link
        header, *rows = csv.reader(answer.read().decode().splitlines())
    assert [cells[-3:] for cells in rows[1:]] == [["", "", ""]] * 2
    assert rows[0][-3:-1] == ["2", "currency.unknown"]
    assert rows[0][-1].endswith("write EUR")
    rows[0][header.index("currency")] = "EUR"
    fixed = tmp_path / "fixed.csv"
    fixed.write_text("".join(",".join(cells[:-3]) + "\n" for cells in [header, *rows]), encoding="utf-8")
    upload = send_and_follow(pipeline, "nordbank", fixed)
    assert (upload.status, upload.facts["totals"]) == (UploadStatus.COMPLETED, {"EUR": "3.75"})


@pytest.mark.parametrize("name", VALID)
def test_a_valid_sample_is_loaded_and_its_totals_are_in_the_table(pipeline: Pipeline, name: str) -> None:
    result = EXPECTED[name]
    upload = send_and_follow(pipeline, result["bank_id"], SAMPLES / name)
    assert upload.status is UploadStatus.COMPLETED
    assert (upload.facts["rows"], upload.facts["loaded"]) == (result["rows"], result["rows"])
    assert upload.facts["totals"] == result["totals"]
    sums = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)[upload.upload_id]
    assert sums == totals_of_file(SAMPLES / name)
    assert sums == {currency: Decimal(total) for currency, total in result["totals"].items()}


def test_a_report_submitted_twice_is_loaded_once(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "twice.csv"
    report.write_bytes(fresh_report("nordbank"))
    first = send_and_follow(pipeline, "nordbank", report)
    second = send_and_follow(pipeline, "nordbank", report)
    assert (first.answered, second.answered) == (202, 200)
    assert second.upload_id == first.upload_id
    assert second.facts == pipeline.client("nordbank").upload_state(first.upload_id).body
    sums = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)[first.upload_id]
    assert sums == {"EUR": Decimal("3.75")}


def test_a_row_of_an_earlier_report_counts_as_repeated(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "first.csv"
    report.write_bytes(fresh_report("nordbank"))
    longer = tmp_path / "longer.csv"
    longer.write_bytes(report.read_bytes() + fresh_report("nordbank").split(b"\n", 1)[1])
    send_and_follow(pipeline, "nordbank", report)
    upload = send_and_follow(pipeline, "nordbank", longer)
    assert {key: upload.facts[key] for key in ("rows", "loaded", "repeated", "conflicts")} == {
        "rows": 6,
        "loaded": 3,
        "repeated": 3,
        "conflicts": 0,
    }


def test_an_own_report_that_is_rejected_is_shown_with_its_validation_errors(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "mine.csv"
    report.write_bytes(fresh_report("nordbank"))
    file = io.StringIO()
    failed = send_and_show([own_report(report, "bayside")], pipeline, Terminal(Console(file=file, width=140)))
    assert failed == ["mine.csv ended as REJECTED, not as COMPLETED"]
    shown = file.getvalue()
    assert shown.count("bank_id.mismatch") == 3
    assert "Validation errors of mine.csv" in shown
    assert "Notifications" not in shown
