"""The demo as a user runs it: completed, interrupted, killed."""

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud.paths import find_paths
from local.cloud.ports import LOOPBACK, free_port
from local.deployment.cdktf import Provider
from tests.e2e.demo_process import alive, demo, descendants, is_listening, wait_until_gone
from tests.e2e.terraforms import terraform_of
from tests.effort import nightly

pytestmark = pytest.mark.e2e
MOMENTS = [
    "^Starting the local cloud",
    "^Packaging the functions",
    "^Deploying api-stack",
    " is RECEIVED$",
]
LATE_MOMENTS = MOMENTS[-2:]  # samples: the earlier ones, and tests/e2e/test_interrupted.py


@pytest.fixture
def port() -> Iterator[int]:
    """A port for the local cloud, which has to be free again after the test."""
    port = free_port()
    yield port
    assert not is_listening(port)


def run_folders(user: dict[str, str]) -> set[Path]:
    return {path for path in find_paths(user).runs.glob("*") if path.is_dir()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moment" in metafunc.fixturenames:
        runs = [
            pytest.param(
                moment,
                terraform_of(metafunc.config, sampled="api-stack" in moment),
                marks=[nightly] if moment in LATE_MOMENTS else [],
            )
            for moment in MOMENTS
        ]
        metafunc.parametrize(("moment", "chosen_terraform"), runs, indirect=["chosen_terraform"])


def test_ctrl_c_stops_everything_with_one_line(
    user: dict[str, str], provider: Provider, port: int, moment: str
) -> None:
    before = run_folders(user)
    with demo(user, provider, "--port", str(port)) as run:
        run.wait_for(moment)
        processes = descendants(run.process.pid)
        run.process.send_signal(signal.SIGINT)
        assert run.finish() == 130
    assert run.output[-1] == "Stopped (SIGINT); nothing is left running.\n"
    assert not alive(processes)
    assert run_folders(user) <= before


def test_kill_9_leaves_no_process_and_no_port(user: dict[str, str], provider: Provider, port: int) -> None:
    with demo(user, provider, "--port", str(port)) as run:
        run.wait_for("^Deploying data-stack")
        processes = descendants(run.process.pid)
        run.process.kill()
        run.process.wait()
    wait_until_gone(processes)


def test_the_next_run_shows_every_outcome_and_keeps_the_cloud_up_and_its_logs(
    user: dict[str, str], provider: Provider, port: int
) -> None:
    with demo(user, provider, "--port", str(port), "--keep") as run:
        run.wait_for("^  Log files ")
        logs = Path(run.output[-1].split()[-1])
        shown = "".join(run.output)
        _assert_results(shown)
        _assert_curl_works(shown)
        run.process.send_signal(signal.SIGINT)
        assert run.finish() == 0
        assert run.output[-1] == "Stopped; nothing is left running.\n"
    assert (logs / "ministack.log").is_file()


def _assert_results(shown: str) -> None:
    for cells in (
        ["nordbank", "nordbank-2026-11-20.csv", "5000", "COMPLETED"],
        ["nordbank", "nordbank-2026-11-20.csv (again)", "5000", "COMPLETED"],
        ["alpenbank", "alpenbank-2026-11-20-excel.csv", "1200", "COMPLETED"],
        ["bayside", "bayside-2026-11-19-every-error.csv", "40", "REJECTED"],
        ["nordbank", "EUR", "177,166.81", "177,166.81", "equal"],
        ["19", "amount.range", "1234567890123456.00"],
    ):
        assert any(_in_order(cells, line) for line in shown.splitlines()), (cells, shown)
    assert "Dead-letter queue: 0 messages" in shown
    assert "FAILED CHECK" not in shown


def _in_order(cells: list[str], line: str) -> bool:
    return re.search(".*".join(map(re.escape, cells)), line) is not None


def _assert_curl_works(shown: str) -> None:
    (command,) = [line.removeprefix("  Try  ") for line in shown.splitlines() if line.startswith("  Try  ")]
    answer = subprocess.run(
        [*shlex.split(command), "--silent", "--write-out", "%{http_code}"], capture_output=True, text=True, check=True
    ).stdout
    assert answer.endswith("202")
    assert '"RECEIVED"' in answer


def test_a_busy_port_is_reported_in_one_line(user: dict[str, str], provider: Provider) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with demo(user, provider, "--port", str(port)) as run:
            assert run.finish() == 1
    assert run.output[0] == "\n"
    assert run.output[1].startswith(f"port {port} is in use")
    assert len(run.output) == 2
