"""Reports for end-to-end tests: the samples with their results, and new ones that no test has submitted."""

import csv
import io
import json
import secrets
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from local.deployment.outputs import Pipeline
from shared.contracts.api import MAX_REPORT_BYTES
from shared.repository import ROOT
from tools.client.api import Answer
from tools.client.uploads import LOCAL_PAUSE_SECONDS, Clock, Submission, SubmittedUpload, send

SAMPLES: Final = ROOT / "tests" / "reports"
EXPECTED: Final[dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_bytes())
HEADER: Final = "transaction_id,amount,currency,timestamp,bank_id\n"


def fresh_report(bank_id: str, *, rows: int = 3) -> bytes:
    """A valid report with new transactions of 1.25 EUR each."""
    stem = secrets.token_hex(6)
    lines = (f"{stem}-{row},1.25,EUR,2026-11-20T10:00:00Z,{bank_id}\n" for row in range(rows))
    return (HEADER + "".join(lines)).encode()


def large_report(bank_id: str, *, rows: int = 40, size: int = MAX_REPORT_BYTES) -> bytes:
    """A report of more than `size` bytes, which does not fit in one request, with rows in all of its ranges.

    Its rows are few, so that it is loaded within seconds. What makes it large are empty lines, which are ignored.
    """
    header, *lines = fresh_report(bank_id, rows=rows).splitlines(keepends=True)
    blank = b"\r\n" * (size // rows // 2)
    return header + b"".join(line + blank for line in lines)


def totals_of_file(path: Path) -> dict[str, Decimal]:
    """Sums of a valid report, computed independently of the validator."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
        totals[row["currency"]] += Decimal(row["amount"])
    return dict(totals)


def send_and_follow(pipeline: Pipeline, bank_id: str, path: Path) -> SubmittedUpload:
    """Submit a report and wait until its upload has ended."""
    submissions = [Submission(bank_id=bank_id, path=path)]
    (upload,) = send(submissions, pipeline.client, Clock(), lambda _: None, pause=LOCAL_PAUSE_SECONDS)
    return upload


def errors(answer: Answer) -> list[dict[str, Any]]:
    """The validation errors of an answer, in the form of expected.json."""
    return [{key: each[key] for key in ("line", "column", "code")} for each in answer.body["errors"]]
