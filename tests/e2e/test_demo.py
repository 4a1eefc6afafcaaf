"""The demo as a user runs it: to its end, ended in the middle, killed."""

import io
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.cloud.ports import LOOPBACK, free_port
from local.demo.results import send_and_show
from local.demo.samples import own_report
from local.deployment.outputs import Pipeline
from shared.repository import ROOT
from tests.e2e.demo_process import alive, demo, descendants, is_listening, wait_until_gone
from tests.e2e.reports import fresh_report
from tools.terminal import Screen

pytestmark = pytest.mark.e2e
RUNS = ROOT / ".local" / "runs"
MOMENTS = [
    "^Starting the local cloud",
    "^Packaging the functions",
    "^Deploying state-stack",
    "^Deploying api-stack",
    " is RECEIVED$",
]


@pytest.fixture
def port() -> Iterator[int]:
    """A port for the local cloud; nobody may hold it in the end."""
    port = free_port()
    yield port
    assert not is_listening(port)


def run_folders() -> set[Path]:
    return {path for path in RUNS.glob("*") if path.is_dir()} if RUNS.exists() else set()


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_stops_everything_with_one_line(user: dict[str, str], port: int, moment: str) -> None:
    before = run_folders()
    with demo(user, "--port", str(port)) as run:
        run.wait_for(moment)
        processes = descendants(run.process.pid)
        run.process.send_signal(signal.SIGINT)
        assert run.finish() == 130
    assert run.output[-1] == "Stopped (SIGINT); nothing is left running.\n"
    assert not alive(processes)
    assert run_folders() <= before


def test_kill_9_leaves_no_process_and_no_port(user: dict[str, str], port: int) -> None:
    with demo(user, "--port", str(port)) as run:
        run.wait_for("^Deploying data-stack")
        processes = descendants(run.process.pid)
        run.process.kill()
        run.process.wait()
    wait_until_gone(processes)


def test_the_run_after_all_of_these_shows_how_every_report_ended_and_keeps_the_cloud_up(
    user: dict[str, str], port: int
) -> None:
    with demo(user, "--port", str(port), "--keep") as run:
        run.wait_for("^To look inside:")
        shown = "".join(run.output)
        _assert_results(shown)
        _assert_curl_works(shown)
        run.process.send_signal(signal.SIGINT)
        assert run.finish() == 0
        assert run.output[-1] == "Stopped; nothing is left running.\n"


def _assert_results(shown: str) -> None:
    for cells in (
        ["nordbank", "nordbank-2026-11-20.csv", "5000", "COMPLETED"],
        ["nordbank", "nordbank-2026-11-20.csv (again)", "5000", "COMPLETED"],
        ["alpenbank", "alpenbank-2026-11-20-excel.csv", "1200", "COMPLETED"],
        ["bayside", "bayside-2026-11-19-every-error.csv", "40", "REJECTED"],
        ["nordbank", "EUR", "177,166.81", "177,166.81", "equal"],
        ["19", "amount", "amount.range"],
    ):
        assert any(_in_order(cells, line) for line in shown.splitlines()), (cells, shown)
    assert "Dead-letter queue: 0 messages" in shown
    assert "NOT AS IT SHOULD BE" not in shown


def _in_order(cells: list[str], line: str) -> bool:
    place = 0
    for cell in cells:
        place = line.find(cell, place)
        if place < 0:
            return False
    return True


def _assert_curl_works(shown: str) -> None:
    (command,) = [line.removeprefix("  Try  ") for line in shown.splitlines() if line.startswith("  Try  ")]
    answer = subprocess.run(
        [*shlex.split(command), "--silent", "--write-out", "%{http_code}"], capture_output=True, text=True, check=True
    ).stdout
    assert answer.endswith("202")
    assert '"RECEIVED"' in answer


def test_an_own_report_that_is_refused_is_shown_with_its_problems(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "mine.csv"
    report.write_bytes(fresh_report("nordbank"))
    file = io.StringIO()
    wrong = send_and_show([own_report(report, "bayside")], pipeline, Screen(Console(file=file, width=140)))
    assert wrong == ["mine.csv ended as REJECTED, not as COMPLETED"]
    assert file.getvalue().count("bank_id.mismatch") == 3


def test_a_busy_port_is_one_line(user: dict[str, str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with demo(user, "--port", str(port)) as run:
            assert run.finish() == 1
    assert run.output[0] == "\n"
    assert run.output[1].startswith(f"port {port} is busy: it is held")
    assert len(run.output) == 2
