"""Loopback ports: find a free one, or check a given one and name the process that uses it."""

import contextlib
import re
import socket
import subprocess
from typing import Final

from local.cloud.errors import LocalError

LOOPBACK: Final = "127.0.0.1"


def free_port() -> int:
    """A port that is free at this moment; another process may still take it."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> int:
    """Check that a port can be bound.

    Raises:
        LocalError: it cannot; the message names the process that uses it, if the system shows it.
    """
    with socket.socket() as probe:
        # As servers do: a port counts as free while its last connections are closing.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise LocalError(f"port {port} may not be opened by this user. Choose one above 1023.") from None
        except OSError:
            holder = port_holder(port)
            by = f" by {holder}" if holder else ""
            raise LocalError(f"port {port} is in use{by}. Stop that program, or choose another --port.") from None
    return port


def port_holder(port: int) -> str:
    """Name and id of the process that listens on a port, or an empty string if the system does not show it."""
    for command, pattern in (
        (("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"), r"^p(?P<id>\d+)\nc(?P<name>.+)$"),
        (("ss", "-Hltnp", f"sport = :{port}"), r'\(\("(?P<name>[^"]+)",pid=(?P<id>\d+)'),
    ):
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):  # OSError: there is no such program
            done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
            if found := re.search(pattern, done.stdout, re.MULTILINE):
                return f"{found['name']} (process {found['id']})"
    return ""
