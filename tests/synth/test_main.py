"""The app as cdktf starts it, with nothing but its environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import main
from shared.infra.packaging import PackagingError
from shared.infra.progress import PROGRESS_VARIABLE, progress_in
from shared.infra.stack_names import StackName
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


def test_what_it_is_doing_is_printed_only_where_that_was_asked_for(tmp_path: Path) -> None:
    assert stdout_of_main(tmp_path / "quiet", {}) == []
    printed = stdout_of_main(tmp_path / "asked", {PROGRESS_VARIABLE: "1"})
    # After a new import of the bindings, the part that is used is extracted once more.
    assert [line for line in printed if not (line or "").startswith("extracting")] == [
        "loading cdktf and the AWS bindings",
        "packaging the functions",
        *(f"building {name}" for name in StackName),
        "looking for what exists in AWS",
        "writing the stacks",
    ]


def stdout_of_main(output: Path, variables: Mapping[str, str]) -> list[str | None]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDKTF_"))}
    own = {"ENVIRONMENT_SUFFIX": "pr6616", "AWS_ACCOUNT_ID": "000000000000", "CDKTF_OUTDIR": str(output), **variables}
    run = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=clean | own, stdout=subprocess.PIPE, text=True, check=True
    )
    return [progress_in(line) for line in run.stdout.splitlines()]


def test_an_invalid_suffix_ends_with_one_clear_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Bad_Name")
    assert main.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ENVIRONMENT_SUFFIX: environment suffix 'Bad_Name': expected 1 to 16 lower-case letters")


def test_what_takes_long_is_said_before_anything_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = (ROOT / "environments" / "default.toml").read_text(encoding="utf-8")
    banks = "".join(f'\n[banks.b{number}]\nname = "N"\n' for number in range(59))
    (tmp_path / "many.toml").write_text(file + banks, encoding="utf-8")
    monkeypatch.setenv("TXN_SETTINGS", str(tmp_path / "many"))
    monkeypatch.setenv("AWS_ACCOUNT_ID", "000000000000")
    monkeypatch.setattr(main, "package_functions", raise_packaging_error)
    assert main.main() == 2
    assert "60 banks: to change or delete all their usage plans takes at least 20 minutes" in capsys.readouterr().err


def raise_packaging_error() -> None:
    raise PackagingError("stop here")
