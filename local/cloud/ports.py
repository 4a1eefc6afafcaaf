"""Loopback ports: a free one, or whether one that was asked for is free, and who holds it if not."""

import contextlib
import re
import shutil
import socket
import subprocess
from typing import Final

from local.cloud.errors import LocalError

LOOPBACK: Final = "127.0.0.1"


def free_port() -> int:
    """A port that nobody holds at this moment; somebody else may take it before it is bound."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> int:
    """Make sure that a port may be bound.

    Raises:
        LocalError: it may not, with who holds it where the system says so.
    """
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise LocalError(f"port {port} may not be opened by this user: give one above 1023") from None
        except OSError:
            holder = port_holder(port)
            by = f" by {holder}" if holder else ""
            raise LocalError(
                f"port {port} is busy: it is held{by}. End that, give another port, or leave --port out."
            ) from None
    return port


def port_holder(port: int) -> str:
    """Program and process id of who listens on a port, or nothing where that cannot be found out."""
    return _ask_lsof(port) or _ask_ss(port)


def _ask_lsof(port: int) -> str:
    output = _output_of("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc")
    found = re.search(r"^p(?P<pid>\d+)\nc(?P<name>.+)$", output, re.MULTILINE)
    return f"{found['name']} (process {found['pid']})" if found else ""


def _ask_ss(port: int) -> str:
    output = _output_of("ss", "-Hltnp", f"sport = :{port}")
    found = re.search(r'\(\("(?P<name>[^"]+)",pid=(?P<pid>\d+)', output)
    return f"{found['name']} (process {found['pid']})" if found else ""


def _output_of(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        return ""
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=5, check=False)
        return done.stdout
    return ""
