"""How MiniStack is started: its environment, and what is said when it does not come up.

A script stands in for it: what it is told and how it may fail is ours to prove; the real one runs end to end.
"""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.ministack import environment, ministack
from local.cloud.ports import LOOPBACK
from local.cloud.run_folder import RunFolder, run_folder

SERVES = """
import http.server, os
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
port = int(os.environ["GATEWAY_PORT"])
server = http.server.HTTPServer((os.environ["BIND_HOST"], port), Healthy)
print(f"Running on http://127.0.0.1:{port} (CTRL + C to quit)", flush=True)
server.serve_forever()
"""
FIRST_PORT_IS_TAKEN = """
import os, pathlib, sys
marker = pathlib.Path(os.environ["HOME"], "tried")
if not marker.exists():
    marker.write_text(os.environ["GATEWAY_PORT"])
    sys.exit("ERROR: 127.0.0.1 is already in use. Is MiniStack already running?")
"""
BROKEN = "raise SystemExit('OSError: [Errno 28] No space left on device')"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunFolder]:
    with run_folder(tmp_path / "runs") as folder:
        yield folder


def stand_in(folder: Path, program: str) -> Path:
    """A `python` that runs this program, whatever it is asked to."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{program}")
    path.chmod(0o755)
    return path


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_it_is_up_within_its_context_and_gone_after_it(tmp_path: Path, run: RunFolder) -> None:
    with ministack(python=stand_in(tmp_path, SERVES), run=run) as server:
        assert is_listening(server.port)
        assert server.endpoint_url == f"http://127.0.0.1:{server.port}"
    assert not is_listening(server.port)


def test_a_port_that_is_taken_in_between_means_another_port(tmp_path: Path, run: RunFolder) -> None:
    with ministack(python=stand_in(tmp_path, FIRST_PORT_IS_TAKEN + SERVES), run=run) as server:
        assert str(server.port) != (run.data / "tried").read_text()


def test_a_given_port_that_is_taken_in_between_is_said(tmp_path: Path, run: RunFolder) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    with (
        pytest.raises(LocalError, match=f"port {port} was taken by another program"),
        ministack(python=stand_in(tmp_path, FIRST_PORT_IS_TAKEN), run=run, port=port),
    ):
        pass


def test_a_failing_start_shows_the_logs_end_and_its_path(tmp_path: Path, run: RunFolder) -> None:
    with pytest.raises(LocalError) as failure, ministack(python=stand_in(tmp_path, BROKEN), run=run):
        pass
    assert str(failure.value).splitlines() == [
        "MiniStack did not start.",
        "  | OSError: [Errno 28] No space left on device",
        f"The whole log: {run.log('ministack')}",
    ]


def test_nothing_of_the_users_environment_reaches_it_but_the_search_path(tmp_path: Path) -> None:
    user = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "real", "HTTPS_PROXY": "http://proxy", "DOCKER_HOST": "tcp://d"}
    made = environment(user, data=tmp_path, port=1234)
    assert made["PATH"] == "/bin"
    assert not {"AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"} & made.keys()
    assert made["DOCKER_HOST"] == f"unix://{tmp_path}/no-docker.sock"


def test_it_listens_on_loopback_only_and_writes_below_its_folder_only(tmp_path: Path) -> None:
    made = environment({}, data=tmp_path, port=1234)
    assert made["BIND_HOST"] == "127.0.0.1"
    assert {made[name] for name in ("SFTP_ENABLED", "IOT_MTLS_ENABLED")} == {"0"}
    assert all(made[name].startswith(str(tmp_path)) for name in ("HOME", "TMPDIR", "S3_DATA_DIR", "STATE_DIR"))
