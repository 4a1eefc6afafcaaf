"""How MiniStack is started, and what is reported when it does not start.

A script takes its place, which can fail in every way; the end-to-end tests run the real one.
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


def fake_python(folder: Path, program: str) -> Path:
    """A `python` that runs this program instead of MiniStack."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{program}")
    path.chmod(0o755)
    return path


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_it_runs_within_its_context_only(tmp_path: Path, run: RunFolder) -> None:
    with ministack(python=fake_python(tmp_path, SERVES), run=run) as server:
        assert is_listening(server.port)
        assert server.endpoint_url == f"http://127.0.0.1:{server.port}"
    assert not is_listening(server.port)


def test_another_port_is_used_when_one_is_taken_during_the_start(tmp_path: Path, run: RunFolder) -> None:
    with ministack(python=fake_python(tmp_path, FIRST_PORT_IS_TAKEN + SERVES), run=run) as server:
        assert str(server.port) != (run.data / "tried").read_text()


def test_a_given_port_that_is_taken_during_the_start_is_reported(tmp_path: Path, run: RunFolder) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    with (
        pytest.raises(LocalError, match=f"port {port} was taken by another program"),
        ministack(python=fake_python(tmp_path, FIRST_PORT_IS_TAKEN), run=run, port=port),
    ):
        pass


def test_a_failed_start_is_reported_with_the_end_of_the_log_and_its_path(tmp_path: Path, run: RunFolder) -> None:
    with pytest.raises(LocalError) as failure, ministack(python=fake_python(tmp_path, BROKEN), run=run):
        pass
    assert str(failure.value).splitlines() == [
        "MiniStack did not start.",
        "  | OSError: [Errno 28] No space left on device",
        f"The whole log: {run.log('ministack')}",
    ]


def test_it_inherits_only_the_path_of_the_users_environment(tmp_path: Path) -> None:
    user = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "real", "HTTPS_PROXY": "http://proxy", "DOCKER_HOST": "tcp://d"}
    made = environment(user, data=tmp_path, port=1234)
    assert made["PATH"] == "/bin"
    assert not {"AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"} & made.keys()
    assert made["DOCKER_HOST"] == f"unix://{tmp_path}/no-docker.sock"


def test_it_listens_on_loopback_only_and_writes_to_its_folder_only(tmp_path: Path) -> None:
    made = environment({}, data=tmp_path, port=1234)
    assert made["BIND_HOST"] == "127.0.0.1"
    assert {made[name] for name in ("SFTP_ENABLED", "IOT_MTLS_ENABLED")} == {"0"}
    assert all(made[name].startswith(str(tmp_path)) for name in ("HOME", "TMPDIR", "S3_DATA_DIR", "STATE_DIR"))
