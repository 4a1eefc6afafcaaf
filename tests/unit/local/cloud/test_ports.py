"""Free and busy ports."""

import os
import socket
from collections.abc import Iterator

import pytest

from local.cloud.errors import LocalError
from local.cloud.ports import LOOPBACK, free_port, require_free


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_can_be_bound() -> None:
    port = free_port()
    assert require_free(port) == port


def test_a_busy_port_is_reported_with_the_process_that_uses_it(busy_port: int) -> None:
    with pytest.raises(LocalError, match=f"port {busy_port} is in use.*choose another --port") as error:
        require_free(busy_port)
    # Neither lsof nor ss may be there to name the process.
    assert " by " not in str(error.value) or f"(process {os.getpid()})" in str(error.value)


def test_a_port_whose_last_connection_is_closing_counts_as_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            server.accept()[0].close()
    assert require_free(port) == port
