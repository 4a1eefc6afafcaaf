"""The process: it prints its address, serves, and exits cleanly."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terraform_provider.daemon import reattach

ROOT = Path(__file__).parents[3]
SECONDS = 60


def test_terraform_finds_the_process_by_its_address() -> None:
    plugin = json.loads(reattach(4711))["registry.terraform.io/hashicorp/aws"]
    assert plugin == {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "tcp", "String": "127.0.0.1:4711"},
    }


def _end_of_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()


def _signal(number: signal.Signals) -> Callable[[subprocess.Popen[bytes]], None]:
    return lambda process: process.send_signal(number)


@pytest.mark.parametrize(
    "end", [_end_of_input, _signal(signal.SIGTERM), _signal(signal.SIGINT)], ids=["end of input", "TERM", "INT"]
)
def test_the_process_exits_cleanly(end: Callable[[subprocess.Popen[bytes]], None], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "terraform_provider", "--assets", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())
        end(process)
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == b""
        assert process.stdout.read() == b""
