"""MiniStack, the local AWS, as a child process that listens on loopback only and writes to the run's folder only."""

import http.client
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.cloud.clients import ACCOUNT_ID, REGION
from local.cloud.errors import LocalError, log_tail, with_log_tail
from local.cloud.ports import LOOPBACK, free_port
from local.cloud.run_folder import RunFolder
from local.processes.guarded import GuardedProcess

START_SECONDS: Final = 60
"""It takes about one second, longer on a loaded machine."""
_ATTEMPTS: Final = 5
_PROGRAM: Final = (str(Path(__file__).with_name("ministack_server")),)
_HEALTH_PATH: Final = "/_ministack/health"
_LISTENERS: Final = ("SFTP_ENABLED", "IOT_MTLS_ENABLED")
"""Services that would listen on a port of their own."""
_PORT_TAKEN: Final = ("already in use", "Address already in use", "Errno 98", "Errno 48")


@dataclass(frozen=True, kw_only=True)
class MiniStack:
    """A MiniStack that has reported that it is healthy."""

    port: int
    log: Path
    process: GuardedProcess

    @property
    def endpoint_url(self) -> str:
        """The endpoint of all its AWS services."""
        return f"http://{LOOPBACK}:{self.port}"


class _PortTakenError(Exception):
    """Another process bound the port before MiniStack did."""


@contextmanager
def ministack(
    *,
    python: Path,
    run: RunFolder,
    port: int | None = None,
    on_wait: Callable[[], None] = lambda: None,
    program: Sequence[str] = _PROGRAM,
    evaluates_iam: bool = False,
) -> Iterator[MiniStack]:
    """Start MiniStack; end it and its Lambda workers when the context ends.

    Args:
        python: interpreter of MiniStack's virtual environment.
        run: folder for data and log.
        port: the port to listen on; by default any free one.
        on_wait: called several times a second until it is healthy.
        program: what the interpreter runs: `ministack_server`, or MiniStack without our fixes (`-m ministack`).
        evaluates_iam: whether requests are denied that IAM policies do not allow. Those with the made-up key have the
            rights of the role that `RunFolder.acting_role` names, if it exists.

    Raises:
        LocalError: the port was taken, or MiniStack did not start; with the log's last lines.
    """
    command = [str(python), "-P", *program]  # -P: MiniStack does not import our modules
    started = _start(command, run, port, on_wait, evaluates_iam=evaluates_iam)
    try:
        yield started
    finally:
        started.process.stop()


def _start(
    command: Sequence[str], run: RunFolder, port: int | None, on_wait: Callable[[], None], *, evaluates_iam: bool
) -> MiniStack:
    for _ in range(1 if port else _ATTEMPTS):
        with suppress(_PortTakenError):
            return _launch(command, run, port or free_port(), on_wait, evaluates_iam=evaluates_iam)
    taken = f"port {port} was" if port else f"{_ATTEMPTS} free ports in a row were"
    raise LocalError(f"{taken} taken by another program while MiniStack started. Try again.")


def _launch(
    command: Sequence[str], run: RunFolder, port: int, on_wait: Callable[[], None], *, evaluates_iam: bool
) -> MiniStack:
    log = run.log("ministack")
    (run.data / "tmp").mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = GuardedProcess(
            command,
            env=environment(os.environ, data=run.data, port=port)
            | ({"AUTH": "true", "TXN_ACTING_ROLE_FILE": str(run.acting_role)} if evaluates_iam else {}),
            cwd=run.data,
            stdout=output,
            stderr=output,
            lock=run.lock,
        )
    try:
        _wait_until_healthy(process, log, port, on_wait)
    except BaseException:
        process.stop()
        raise
    return MiniStack(port=port, log=log, process=process)


def environment(environ: Mapping[str, str], *, data: Path, port: int) -> dict[str, str]:
    """All environment variables of MiniStack, which its Lambda workers inherit.

    Of the user's, only PATH is kept: no credentials, no proxy, no Docker host.
    """
    settings = {
        "PATH": environ.get("PATH", os.defpath),
        "HOME": str(data),
        "LANG": "C.UTF-8",
        "TMPDIR": str(data / "tmp"),
        "BIND_HOST": LOOPBACK,  # the default is every interface
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "AWS_DEFAULT_REGION": REGION,
        "S3_DATA_DIR": str(data / "s3"),
        "STATE_DIR": str(data / "state"),
        "PERSIST_STATE": "0",
        "LAMBDA_EXECUTOR": "local",  # Python workers, never containers
        "DOCKER_HOST": f"unix://{data}/no-docker.sock",  # no such socket: Docker is never used
        "PYTHONDONTWRITEBYTECODE": "1",  # the unpacked ZIPs stay unchanged
    }
    return settings | dict.fromkeys(_LISTENERS, "0")


def _wait_until_healthy(process: GuardedProcess, log: Path, port: int, on_wait: Callable[[], None]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _serves(log, port):
        if not process.running:
            raise _why_it_ended(log)
        if time.monotonic() > deadline:
            raise with_log_tail(f"MiniStack was not healthy within {START_SECONDS} s.", log)
        on_wait()
        time.sleep(0.05)


def _serves(log: Path, port: int) -> bool:
    # The log comes first: if another MiniStack has just taken the port, the health check would reach that one.
    return any(f"Running on http://{LOOPBACK}:{port}" in line for line in log_tail(log)) and _is_healthy(port)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", _HEALTH_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _why_it_ended(log: Path) -> Exception:
    tail = "\n".join(log_tail(log))
    if any(sign in tail for sign in _PORT_TAKEN):
        return _PortTakenError()
    return with_log_tail("MiniStack did not start.", log)
