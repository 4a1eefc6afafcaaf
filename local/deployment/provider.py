"""The local Terraform provider as a child process (`python -m terraform_provider`)."""

import os
import select
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE
from typing import IO, Final

from local.cloud.errors import LocalError, with_log_tail
from local.cloud.run_folder import RunFolder
from local.processes.guarded import GuardedProcess
from shared.repository import ROOT

START_SECONDS: Final = 60


@contextmanager
def provider_daemon(environ: Mapping[str, str], *, run: RunFolder) -> Iterator[str]:
    """Start the provider; yields its line for `TF_REATTACH_PROVIDERS`, and ends it when the context ends.

    Args:
        environ: of `deployment_environment`: the provider calls the AWS that it names.
        run: holds the synthesized stacks, whose ZIPs it reads, and its log.

    Raises:
        LocalError: it does not start; with the log's last lines.
    """
    log = run.log("provider")
    command = [sys.executable, "-m", "terraform_provider", "--assets", str(run.synthesized)]
    with (
        log.open("wb") as errors,
        GuardedProcess(command, env=environ, cwd=ROOT, stdout=PIPE, stderr=errors, lock=run.lock) as process,
    ):
        line = _first_line(process.stdout, time.monotonic() + START_SECONDS)
        if not line:
            raise _failed(run)
        yield line


def _first_line(stream: IO[bytes], deadline: float) -> str:
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(stream.fileno(), 4096) if ready else b""
        if not chunk:
            return ""
        line += chunk
    return line.decode().strip()


def _failed(run: RunFolder) -> LocalError:
    return with_log_tail("The local Terraform provider did not start.", run.log("provider"))
