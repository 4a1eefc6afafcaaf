"""The app as cdktf starts it, with nothing but its environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import main
from shared.repository import ROOT


def test_synth_needs_neither_network_nor_credentials_and_reports_what_it_did_without_them(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDKTF_"))}
    own = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "ENVIRONMENT_SUFFIX": "pr6616"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.synth.offline", str(tmp_path)],
        cwd=ROOT,
        env=clean | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["000000000000", "api-stack", "compute-stack", "data-stack", "state-stack"]
    assert "AWS account unknown (NoCredentialsError)" in run.stderr


def test_an_invalid_suffix_ends_with_one_clear_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Bad_Name")
    assert main.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ENVIRONMENT_SUFFIX: environment suffix 'Bad_Name': expected 1 to 16 lower-case letters")
