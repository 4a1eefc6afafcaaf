"""`./dev explain`: the story of an upload or a transaction, as it is told from tables, bucket and logs in memory."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from functions.common.uploads import Upload, derive_upload_id
from functions.report.transactions import read_rows
from functions.report.validator import validate_report
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.fakes import FakeBucket, FakeUploads, upload
from tests.unit.functions.report.reports import BANK, NOW, report, row
from tools.errors import ToolError
from tools.operations.explain import explain, main
from tools.terminal import Terminal

CONTENT = report([row(transaction_id=each, amount="10.00") for each in ("a", "b", "c", "d")])
UPLOAD_ID = derive_upload_id(BANK, CONTENT)
OTHER_ID = "0" * 32
TIME = "2026-11-24T12:00:00.000000Z"


@dataclass
class FakeTransactions:
    """A table that leaves out all but the first key, the first time."""

    rows: dict[str, StoredTransaction] = field(default_factory=dict)
    busy: bool = True

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        served, self.busy = (keys[:1] if self.busy else keys), False
        return {key: self.rows.get(key) for key in served}


@dataclass
class FakeLogs:
    lines: dict[str, list[str]] = field(default_factory=dict)

    def get_paginator(self, name: str) -> "FakeLogs":
        assert name == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        group = asked["logGroupName"]
        if group not in self.lines:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "FilterLogEvents")
        wanted = asked["filterPattern"].strip('"')
        return [{"events": [{"message": each} for each in self.lines[group] if wanted in each]}]


@dataclass
class FakeStepFunctions:
    """Executions by ARN, each with the counts of its Map Run."""

    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    ranges: dict[str, int] = field(default_factory=dict)
    exceptions: Any = field(default_factory=lambda: SimpleNamespace(ExecutionDoesNotExist=KeyError))

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803  boto3's
        return self.executions[executionArn]

    def list_map_runs(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803
        assert executionArn in self.executions
        return {"mapRuns": [{"mapRunArn": "run"}] if self.ranges else []}

    def describe_map_run(self, *, mapRunArn: str) -> dict[str, Any]:  # noqa: N803
        assert mapRunArn == "run"
        return {"itemCounts": {**self.ranges, "total": sum(self.ranges.values())}}


@dataclass
class FakeDeployed:
    """What `Deployed` offers."""

    uploads: FakeUploads = field(default_factory=FakeUploads)
    reports: FakeBucket = field(default_factory=FakeBucket)
    transactions: FakeTransactions = field(default_factory=FakeTransactions)
    logs: FakeLogs = field(default_factory=FakeLogs)
    stepfunctions: FakeStepFunctions = field(default_factory=FakeStepFunctions)
    suffix: str = "dev"
    bucket: str = "reports-bucket"

    @property
    def by_bank(self) -> FakeUploads:
        return self.uploads

    def log_group(self, function: str) -> str:
        return f"/aws/lambda/{function}"

    def know(self, known: Upload, content: bytes | None = CONTENT) -> None:
        self.uploads.items[known.upload_id] = known
        if content is not None:
            self.reports.reports[report_key(known.bank_id, known.upload_id)] = content

    def load(self, *transaction_ids: str, upload_id: str = UPLOAD_ID, **changes: Any) -> None:
        """Put rows of the report into the table."""
        result = validate_report(CONTENT, bank_id=BANK, now=NOW)
        rows = read_rows(CONTENT[result.ranges[0]["start"] :], columns=result.columns, first_line=2)
        for each in rows:
            if each.transaction_id in transaction_ids:
                stored = replace(StoredTransaction.of(each, bank_id=BANK, upload_id=upload_id), **changes)
                self.transactions.rows[stored.key] = stored

    def explain(self, identity: str, bank_id: str | None = None) -> str:
        """Run the command; its output, without borders."""
        file = io.StringIO()
        out = Terminal(Console(file=file, width=220, highlight=False))
        explain(self, out, identity, bank_id=bank_id)  # type: ignore[arg-type]  # the part that is used
        return "\n".join(" ".join(line.replace("│", " ").split()) for line in file.getvalue().splitlines())


def failed(**changes: Any) -> Upload:
    attempts = [
        {"id": "first", "began_at": TIME, "by": "intake"},
        {"id": "second", "began_at": TIME, "by": "redrive"},
    ]
    known = upload(
        upload_id=UPLOAD_ID,
        status=UploadStatus.FAILED,
        error="RangeError",
        file_name="daily.csv",
        attempt="second",
        attempts=attempts,
        execution="arn:aws:states:eu-central-1:123456789012:express:txn-load-dev:second:run",
        trace_id="1-2",
        rows=4,
        totals={"EUR": "40.00"},
        notified_at=TIME,
        dead_letter_at=TIME,
    )
    return replace(known, **changes)


def test_a_failed_upload_is_explained_from_its_bytes_its_attempts_and_its_rows_in_the_table() -> None:
    deployed = FakeDeployed()
    deployed.know(failed())
    deployed.know(upload(upload_id=OTHER_ID, status=UploadStatus.COMPLETED), content=None)
    deployed.load("a")
    deployed.load("b", upload_id=OTHER_ID)
    deployed.load("c", upload_id=OTHER_ID, currency="USD")

    text = deployed.explain(UPLOAD_ID)

    assert f"Upload {UPLOAD_ID} of nordbank: FAILED (RangeError)" in text
    assert f"Report {len(CONTENT)} bytes, s3://reports-bucket/{report_key(BANK, UPLOAD_ID)}" in text
    assert f"SHA-256 {sha256(CONTENT).hexdigest()}, which makes this upload's id" in text
    assert "Validated 4 rows, 0 errors" in text
    assert "Totals EUR 40.00" in text
    assert f"Announced {TIME}" in text
    assert f"Dead letter {TIME}" in text
    assert "first 2026-11-24 12:00:00 intake - -" in text
    assert "second 2026-11-24 12:00:00 redrive second:run 1-2" in text
    assert "1 loaded this one FAILED" in text
    assert f"1 repeated {OTHER_ID} COMPLETED" in text
    assert f"1 conflict {OTHER_ID} COMPLETED" in text
    assert "1 not loaded - -" in text
    assert f"4 c {OTHER_ID} COMPLETED" in text
    assert f"Run it again: ./dev redrive {UPLOAD_ID}" in text


def test_the_functions_logs_are_shown_in_order_of_time() -> None:
    deployed = FakeDeployed()
    deployed.know(failed(status=UploadStatus.COMPLETED, error=None, loaded=4, repeated=0, conflicts=0))
    line = {"upload_id": UPLOAD_ID, "trace_id": "Root=1-2-3;Parent=4;Sampled=1"}
    loaded = line | {
        "timestamp": "2026-11-24T12:00:02+00:00",
        "message": "loaded a range",
        "loaded": 4,
        "first_line": 2,
    }
    validated = line | {"timestamp": "2026-11-24T12:00:01+00:00", "message": "validated a report", "next": "LOAD"}
    deployed.logs.lines = {
        "/aws/lambda/transformation": [json.dumps(loaded), f"REPORT {UPLOAD_ID}"],
        "/aws/lambda/validation": [json.dumps(validated)],
    }

    text = deployed.explain(UPLOAD_ID)

    assert text.index("12:00:01 validation validated a report next LOAD 1-2-3") < text.index(
        "12:00:02 transformation loaded a range first_line 2, loaded 4 1-2-3"
    )
    assert "Recorded 4 rows, 4 loaded, 0 repeated, 0 in conflict" in text
    assert "Nothing is left to do." in text


def test_an_upload_whose_report_is_missing_is_still_explained() -> None:
    deployed = FakeDeployed()
    deployed.know(failed(error="ReportMissingError"), content=None)
    assert "Report is not stored (s3://reports-bucket/" in deployed.explain(UPLOAD_ID)


def test_bytes_that_do_not_make_the_uploads_id_are_noticed() -> None:
    deployed = FakeDeployed()
    deployed.know(failed(), content=b"other bytes")
    assert "which makes ANOTHER upload's id" in deployed.explain(UPLOAD_ID)


def test_the_errors_of_a_rejected_report_are_listed() -> None:
    deployed, content = FakeDeployed(), report([row(amount="x")])
    deployed.know(failed(status=UploadStatus.REJECTED, error=None, error_count=1), content=content)

    text = deployed.explain(UPLOAD_ID)

    assert "line 2: amount.format:" in text
    assert "The bank corrects the report" in text


def test_an_upload_at_work_names_when_the_sweeper_looks_after_it() -> None:
    deployed = FakeDeployed()
    deployed.know(failed(status=UploadStatus.LOADING, error=None, due_at=TIME, attempts=()))
    text = deployed.explain(UPLOAD_ID)
    assert f"Sweeper looks after it at {TIME}" in text
    assert "not recorded" in text


def test_a_transaction_is_explained_with_its_line_its_upload_and_its_conflicts() -> None:
    deployed = FakeDeployed()
    deployed.know(failed())
    conflict = {"line": 7, "transaction_id": "b", "first_upload_id": UPLOAD_ID}
    deployed.know(upload(upload_id=OTHER_ID, conflict_samples=[conflict]), content=None)
    deployed.load("b", replaces="1" * 32, also_in="2" * 32)

    text = deployed.explain("b", BANK)

    assert "Transaction b of nordbank" in text
    assert "Content 10.00 EUR" in text
    assert f"Loaded by upload {UPLOAD_ID}, line 3" in text
    assert f"Replaced the row of upload {'1' * 32}, which had failed" in text
    assert f"Also in upload {'2' * 32}, which counted it as repeated or in conflict" in text
    assert f"Conflict line 7 of upload {OTHER_ID} differed from that of {UPLOAD_ID}" in text
    assert "Line 3 b,10.00,EUR," in text
    assert f"Upload {UPLOAD_ID} of nordbank: FAILED" in text


@pytest.mark.parametrize(
    ("identity", "bank_id", "message"),
    [
        ("x", None, "'x' is not an upload's id.*--bank BANK"),
        (OTHER_ID, None, f"dev has no upload {OTHER_ID}. Check the id and ENVIRONMENT_SUFFIX"),
        ("x", BANK, "dev has no transaction 'x' of 'nordbank'"),
    ],
)
def test_an_unknown_id_is_a_clear_error(identity: str, bank_id: str | None, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        FakeDeployed().explain(identity, bank_id)


def test_settings_that_cannot_be_read_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Odd")
    assert main([UPLOAD_ID]) == 1
    assert capsys.readouterr().err.startswith("./dev explain: ENVIRONMENT_SUFFIX: environment suffix 'Odd'")


def test_a_large_report_is_not_read_but_its_execution_is_described() -> None:
    deployed, size = FakeDeployed(), MAX_REPORT_BYTES + 1
    deployed.know(failed(size=size, execution="arn:execution"))
    deployed.stepfunctions.executions["arn:execution"] = {"status": "FAILED", "error": "RangeError", "cause": "why"}
    deployed.stepfunctions.ranges = {"pending": 0, "succeeded": 1_200, "failed": 1}
    line = {"timestamp": TIME, "message": "validated a report", "upload_id": UPLOAD_ID}
    deployed.logs.lines = {"/aws/lambda/large-validation": [json.dumps(line)]}

    text = deployed.explain(UPLOAD_ID)

    assert f"Report {size:,} bytes, too many to be read here, s3://reports-bucket/" in text
    assert "Execution FAILED (RangeError: why)" in text
    assert "Ranges 1,200 succeeded, 1 failed" in text
    assert "validated a report" in text
    assert "Rows in the transactions table" not in text


def test_of_a_large_report_whose_execution_is_forgotten_the_rest_is_told() -> None:
    deployed = FakeDeployed()
    deployed.know(failed(size=MAX_REPORT_BYTES + 1, execution="arn:execution"))
    text = deployed.explain(UPLOAD_ID)
    assert "FAILED" in text
    assert "Ranges" not in text
