"""The example clients, as a bank's engineer runs them, against the deployed API."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from local.deployment.outputs import Pipeline
from shared.contracts.api import MAX_REPORT_BYTES
from shared.repository import ROOT
from tests.e2e.reports import fresh_report, large_report
from tests.e2e.tools_required import need

pytestmark = pytest.mark.e2e

_FOLDER: Final = ROOT / "examples"
_BANK: Final = "nordbank"
_SECONDS: Final = 120


def _shell(_folder: Path) -> list[str]:
    return ["sh", str(_FOLDER / "submit.sh")]


def _python(_folder: Path) -> list[str]:
    return [sys.executable, str(_FOLDER / "submit.py")]


def _node(_folder: Path) -> list[str]:
    node = need("node", ask=["--version"], pattern=r"v(\d+)", least=(20,))
    return [node, str(_FOLDER / "submit.mjs")]


def _java(_folder: Path) -> list[str]:
    java = need("java", ask=["-version"], pattern=r'version "(\d+)', least=(17,))
    return [java, str(_FOLDER / "Submit.java")]


def _go(folder: Path) -> list[str]:
    go = need("go", ask=["version"], pattern=r"go(\d+)\.(\d+)", least=(1, 22))
    # Built once in a folder of its own: what stands around an example is not part of it. Go's own cache is used: to
    # compile its library takes 38 s of processor time.
    program = folder / "submit"
    shutil.copy(_FOLDER / "submit.go", folder)
    environment = os.environ | {
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
    }
    subprocess.run([go, "build", "-o", str(program), "submit.go"], cwd=folder, env=environment, check=True, timeout=300)
    return [str(program)]


_CLIENTS: Final = {"curl": _shell, "python": _python, "node": _node, "java": _java, "go": _go}
Client = Callable[[Path], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module", params=_CLIENTS)
def client(request: pytest.FixtureRequest, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Runs one of the examples with a report."""
    command = _CLIENTS[request.param](tmp_path_factory.mktemp("example"))
    environment = os.environ | {"TXN_URL": pipeline.api_url, "TXN_KEY": pipeline.keys[_BANK]}

    def run(report: Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, str(report)], env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )

    return run


def test_an_example_submits_a_report_and_waits_for_its_outcome(client: Client, tmp_path: Path) -> None:
    report = tmp_path / "2026-11-20.csv"
    report.write_bytes(fresh_report(_BANK))

    done = client(report)

    assert (done.returncode, "COMPLETED" in done.stdout) == (0, True), done.stdout + done.stderr


def test_an_example_shows_what_is_wrong_with_a_report(client: Client, tmp_path: Path) -> None:
    report = tmp_path / "2026-11-20.csv"
    report.write_bytes(fresh_report(_BANK).replace(b"1.25,EUR", b"1.25,eur", 1))

    done = client(report)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "REJECTED" in done.stdout
    assert "currency.unknown" in done.stdout


def test_an_example_says_why_a_report_was_not_submitted(client: Client, tmp_path: Path) -> None:
    report = tmp_path / "2026-11-20.csv"
    report.write_bytes(b"x" * (MAX_REPORT_BYTES + 1))

    done = client(report)

    # The one that takes large reports, too, has this one rejected.
    assert done.returncode in {1, 2}, done.stdout + done.stderr
    assert "POST /uploads" in done.stderr or "REJECTED" in done.stdout


def test_the_python_example_stores_a_large_report_by_its_link(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "2026-11-20.csv"
    report.write_bytes(large_report(_BANK))
    environment = os.environ | {"TXN_URL": pipeline.api_url, "TXN_KEY": pipeline.keys[_BANK]}

    command = [*_python(tmp_path), str(report)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False)

    assert (done.returncode, "COMPLETED" in done.stdout) == (0, True), done.stdout + done.stderr
