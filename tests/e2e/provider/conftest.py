"""A MiniStack and a provider for the tests here, both ended with them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.provider.terraform import Cloud

ROOT = Path(__file__).parents[3]
REGION = "eu-central-1"
START_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # a fixed http:// address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"MiniStack does not answer at {url} (exit code {process.poll()})")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MiniStack of our own; yields its URL."""
    python = Path(os.environ.get("MINISTACK_PYTHON") or ROOT / ".local/ministack-venv/bin/python")
    if not python.exists():
        pytest.skip(f"no MiniStack: {python} is missing (set MINISTACK_PYTHON)")
    folder, port = tmp_path_factory.mktemp("ministack"), _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "SFTP_ENABLED": "0",  # these two would listen on ports of their own
        "IOT_MTLS_ENABLED": "0",
    }
    command = [str(python), "-m", "ministack"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/_ministack/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def cloud(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The provider's daemon in front of that MiniStack."""
    assets = tmp_path_factory.mktemp("cdktf.out")
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "local.provider", "--assets", str(assets)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    with process:
        line = process.stdout.readline().decode()
        assert json.loads(line)
        yield Cloud(endpoint=endpoint, reattach=line, assets=assets, environment=environment)
        process.stdin.close()
        assert process.wait(timeout=20) == 0
