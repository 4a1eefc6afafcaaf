"""The process that Terraform attaches to: one line on standard output, gRPC on loopback, a clean exit."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any, Final, TextIO

import grpc

from terraform_provider.protocol import goplugin_pb2, tfplugin6_pb2
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.service import ProviderService
from terraform_provider.session import service_model
from terraform_provider.wire import service_handler

PROVIDER_ADDRESS: Final = "registry.terraform.io/hashicorp/aws"
"""The provider that this one replaces."""

_THREADS: Final = 32
_LARGEST_MESSAGE: Final = 64 * 1024 * 1024
_GRACE_SECONDS: Final = 0.5


class _Stdio:
    """go-plugin asks for the plugin's output, which is empty."""

    def stream_stdio(self, _request: Any, _context: Any) -> Iterator[goplugin_pb2.StdioData]:
        return iter(())


class _Controller:
    """go-plugin announces that it no longer needs the plugin."""

    def __init__(self, on_shutdown: Callable[[], None]) -> None:
        self._on_shutdown = on_shutdown

    def shutdown(self, _request: Any, _context: Any) -> goplugin_pb2.Empty:
        self._on_shutdown()
        return goplugin_pb2.Empty()


def run(*, assets: Path, stdin: int, stdout: TextIO) -> None:
    """Serve until SIGTERM, SIGINT or the end of input, so that the daemon ends with the process that started it.

    Args:
        assets: cdktf's output folder.
        stdin: File descriptor whose end ends the daemon.
        stdout: Gets one line, the value of TF_REATTACH_PROVIDERS.
    """
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    server, port = serve(assets=assets)
    stdout.write(reattach(port) + "\n")
    stdout.flush()
    threading.Thread(target=_wait_for_end, args=(stdin, done), daemon=True).start()
    threading.Thread(target=_load_models, daemon=True).start()
    done.wait()
    server.stop(_GRACE_SECONDS).wait()


def serve(
    *,
    assets: Path,
    credentials: grpc.ServerCredentials | None = None,
    on_shutdown: Callable[[], None] = lambda: None,
) -> tuple[grpc.Server, int]:
    """Start the server on a free loopback port; returns both.

    Args:
        assets: cdktf's output folder.
        credentials: for TLS, which Terraform expects of a provider that it has started itself.
        on_shutdown: called when Terraform no longer needs the provider; a daemon stays for the next run.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(_THREADS),
        handlers=[
            service_handler(tfplugin6_pb2.DESCRIPTOR.services_by_name["Provider"], ProviderService(assets=assets)),
            service_handler(goplugin_pb2.DESCRIPTOR.services_by_name["GRPCStdio"], _Stdio()),
            service_handler(goplugin_pb2.DESCRIPTOR.services_by_name["GRPCController"], _Controller(on_shutdown)),
        ],
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    address = "127.0.0.1:0"
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    return server, port


def reattach(port: int) -> str:
    """The value of TF_REATTACH_PROVIDERS with which Terraform finds this process."""
    address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
    plugin = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": address}
    return json.dumps({PROVIDER_ADDRESS: plugin})


def _load_models() -> None:
    """Read what every plan needs, while cdktf still writes the stacks."""
    for service in sorted({kind.service for kind in RESOURCE_TYPES.values()}):
        service_model(service)


def _wait_for_end(stdin: int, done: threading.Event) -> None:
    while os.read(stdin, 1024):  # not sys.stdin: the interpreter needs its lock to exit
        pass
    done.set()
