"""What the deployed API compares of a report that is submitted or only validated: digests and control totals."""

import base64
import hashlib
from typing import Any

import pytest
import urllib3

from functions.common.uploads import derive_upload_id
from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER, MAX_REPORT_BYTES
from tests.e2e.reports import fresh_report

pytestmark = pytest.mark.e2e
BANK = "nordbank"


def send(
    pipeline: Pipeline, path: str, report: bytes, *, digest_of: bytes | None = None, **fields: str
) -> urllib3.BaseHTTPResponse:
    """Post a form; `digest_of`: the bytes that its Content-Digest is of, instead of the body's."""
    every: dict[str, Any] = {"report": ("daily.csv", report, "text/csv"), **fields}
    body, content_type = urllib3.encode_multipart_formdata(every)
    digest = base64.b64encode(hashlib.sha256(body if digest_of is None else digest_of).digest()).decode()
    headers = {
        API_KEY_HEADER: pipeline.keys[BANK],
        "content-type": content_type,
        "content-digest": f"sha-256=:{digest}:",
    }
    url = f"{pipeline.api_url}/{path}"
    return urllib3.request("POST", url, body=body, headers=headers, retries=False, timeout=60)


def is_known(pipeline: Pipeline, report: bytes) -> bool:
    return pipeline.client(BANK).upload_state(derive_upload_id(BANK, report)).status == 200


def test_a_validated_report_is_not_an_upload_and_can_be_submitted_with_the_figures_that_it_was_answered(
    pipeline: Pipeline,
) -> None:
    report = fresh_report(BANK)

    checked = send(pipeline, "validate", report)

    assert checked.status == 200
    found = checked.json()
    assert (found["valid"], found["rows"], found["totals"]) == (True, 3, {"EUR": "3.75"})
    assert not is_known(pipeline, report)
    figures = {"rows": str(found["rows"]), "total_EUR": found["totals"]["EUR"]}
    sha256 = hashlib.sha256(report).hexdigest()
    assert send(pipeline, "upload", report, sha256=sha256, **figures).status == 202
    other = send(pipeline, "upload", report, rows="4")
    assert (other.status, other.json()["type"].rpartition(":")[2]) == (409, "control-totals-differ")


def test_a_report_with_other_totals_is_rejected_with_both_figures(pipeline: Pipeline) -> None:
    answer = send(pipeline, "upload", fresh_report(BANK), total_EUR="3.57")

    assert answer.status == 422
    (error,) = answer.json()["errors"]
    assert (error["line"], error["code"]) == (1, "control.total")
    assert "3.75" in error["message"]
    assert "3.57" in error["message"]
    assert "swapped" in error["message"]


@pytest.mark.parametrize("path", ["upload", "validate"])
def test_other_bytes_than_those_of_the_digest_are_not_stored(pipeline: Pipeline, path: str) -> None:
    report = fresh_report(BANK)

    of_body = send(pipeline, path, report, digest_of=report)
    of_report = send(pipeline, path, report, sha256="0" * 64)

    for answer in (of_body, of_report):
        assert (answer.status, answer.json()["type"].rpartition(":")[2]) == (400, "digest-mismatch")
    assert not is_known(pipeline, report)


@pytest.mark.parametrize("path", ["upload", "validate"])
def test_a_report_over_the_limit_is_too_large(pipeline: Pipeline, path: str) -> None:
    answer = send(pipeline, path, b"\n" * (MAX_REPORT_BYTES + 1))

    assert (answer.status, answer.json()["code"]) == (413, "file.too_large")
