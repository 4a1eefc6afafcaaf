"""The local Terraform provider as a child process (`python -m terraform_provider`)."""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE
from typing import IO, Final

from local.cloud.errors import with_log_tail
from local.cloud.run_folder import RunFolder
from local.processes.guarded import GuardedProcess
from shared.repository import ROOT

START_SECONDS: Final = 60


@contextmanager
def provider_daemon(environ: Mapping[str, str], *, run: RunFolder) -> Iterator[Callable[[], str]]:
    """Start the provider; ends it when the context ends.

    Yields a function that waits until it is up and returns its line for `TF_REATTACH_PROVIDERS`. The function raises
    `LocalError`, with the log's last lines, if it does not start.

    Args:
        environ: of `deployment_environment`: the provider calls the AWS that it names.
        run: holds the synthesized stacks, whose ZIPs it reads, and its log.
    """
    log = run.log("provider")
    command = [sys.executable, "-m", "terraform_provider", "--assets", str(run.synthesized)]
    with (
        log.open("wb") as errors,
        GuardedProcess(command, env=environ, cwd=ROOT, stdout=PIPE, stderr=errors, lock=run.lock) as process,
    ):
        deadline = time.monotonic() + START_SECONDS
        yield lambda: _address(process.stdout, deadline, run)


def _address(stream: IO[bytes], deadline: float, run: RunFolder) -> str:
    line = _first_line(stream, deadline)
    if not line:
        raise with_log_tail("The local Terraform provider did not start.", run.log("provider"))
    return line


def _first_line(stream: IO[bytes], deadline: float) -> str:
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(stream.fileno(), 4096) if ready else b""
        if not chunk:
            return ""
        line += chunk
    return line.decode().strip()
