"""The smoke test, against an API that answers from a list and a clock that does not wait."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from functions.report.validator import validate_report
from shared.infra.settings.settings import read_settings
from tests.unit.shared.infra.settings.files import repository
from tools.client.api import Answer, ApiClient, NoResponseError
from tools.client.uploads import Clock
from tools.errors import ToolError
from tools.operations.deployed_api import pause_between_requests
from tools.operations.smoke import SETTLE_SECONDS, default_bank, main, report, smoke


class PassingTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep)


def answer(code: int, **body: Any) -> Answer:
    return Answer(status=code, content_type="application/json", body={"upload_id": "u1", **body})


@dataclass(frozen=True, kw_only=True)
class ScriptedApi(ApiClient):
    """Accepts the key after some refusals, then the report, whose upload ends as given."""

    url: str = "none"
    refusals: list[int | NoResponseError] = field(default_factory=list)
    ends: str = "COMPLETED"
    submitted: list[bytes] = field(default_factory=list)

    def uploads(self, query: str = "") -> Answer:
        assert query == "limit=1"
        if not self.refusals:
            return answer(200, uploads=[])
        refusal = self.refusals.pop(0)
        if isinstance(refusal, NoResponseError):
            raise refusal
        return answer(refusal)

    def upload(self, file_name: str, content: bytes) -> Answer:
        assert file_name == "smoke.csv"
        self.submitted.append(content)
        return answer(202, status="RECEIVED", rows=2)

    def upload_state(self, upload_id: str) -> Answer:
        assert upload_id == "u1"
        return answer(200, status=self.ends, rows=2)


def test_a_working_environment_completes_the_report() -> None:
    api, said = ScriptedApi(), list[str]()
    upload = smoke(api, "smoke", clock=PassingTime().clock(), say=said.append)
    assert (upload.upload_id, upload.status) == ("u1", "COMPLETED")
    assert said == ["upload u1: RECEIVED", "upload u1: COMPLETED", "It took 2.0 s."]


@pytest.mark.parametrize(("suffix", "pause"), [("local", 0.2), ("dev", 2.0), ("prod", 2.0)])
def test_only_the_local_cloud_is_asked_more_often_than_every_two_seconds(suffix: str, pause: float) -> None:
    assert pause_between_requests(read_settings({"ENVIRONMENT_SUFFIX": suffix})) == pause


def test_the_report_is_valid_and_changes_no_total() -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    result = validate_report(report("smoke", token="0a1b", now=now), bank_id="smoke", now=now)
    assert (result.rows, len(result.errors)) == (2, 0)
    assert result.totals == {"EUR": Decimal(0)}


def test_no_two_runs_submit_the_same_report() -> None:
    api, time = ScriptedApi(), PassingTime()
    for _ in range(2):
        smoke(api, "smoke", clock=time.clock(), say=lambda _: None)
    assert api.submitted[0] != api.submitted[1]


def test_a_new_key_and_a_new_host_name_are_given_time_to_propagate() -> None:
    api, time = ScriptedApi(refusals=[NoResponseError("no such host"), 403, 403]), PassingTime()
    smoke(api, "smoke", clock=time.clock(), say=lambda _: None)
    assert len(api.submitted) == 1


def test_a_key_that_is_never_accepted_is_an_error_and_nothing_is_submitted() -> None:
    api = ScriptedApi(refusals=[403] * SETTLE_SECONDS)
    with pytest.raises(ToolError, match="still returned 403 after 120 s"):
        smoke(api, "smoke", clock=PassingTime().clock(), say=lambda _: None)
    assert not api.submitted


def test_a_report_that_ends_otherwise_is_an_error_that_names_the_upload() -> None:
    with pytest.raises(ToolError, match=r"smoke.csv ended as FAILED, not as COMPLETED \(upload u1\)"):
        smoke(ScriptedApi(ends="FAILED"), "smoke", clock=PassingTime().clock(), say=lambda _: None)


def test_settings_that_cannot_be_read_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Odd")
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("./dev smoke: ENVIRONMENT_SUFFIX: environment suffix 'Odd'")


def test_without_credentials_the_way_out_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "dev")
    assert main([]) == 1
    assert capsys.readouterr().err.endswith("(NoCredentialsError). Log in to AWS, then try again.\n")


def test_an_api_that_asks_for_a_certificate_is_not_tested_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b"
    edge = {"domain": "reports.example.com", "certificate_arn": arn, "truststore_uri": "s3://trust/ca.pem"}
    root = repository(tmp_path, **{key: f'"{value}"' for key, value in edge.items()})
    monkeypatch.setenv("TXN_SETTINGS", str(root / "environments" / "default"))
    assert main([]) == 0
    assert "not tested. The API accepts clients with a certificate only" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "chosen"),
    [(("nordbank", "smoke"), "smoke"), (("nordbank",), "nordbank"), (("bayside", "nordbank"), None)],
)
def test_without_a_name_the_bank_for_this_test_or_the_only_one_submits(
    tmp_path: Path, names: tuple[str, ...], chosen: str | None
) -> None:
    banks = "\n".join(f'[banks.{name}]\nname = "{name}"' for name in names)
    settings = read_settings({}, root=repository(tmp_path, extra=banks))
    if chosen:
        assert default_bank(settings) == chosen
    else:
        with pytest.raises(ToolError, match="has no bank 'smoke'; name one with --bank: bayside, nordbank"):
            default_bank(settings)
