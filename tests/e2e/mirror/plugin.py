"""`python -m tests.e2e.mirror.plugin FOLDER`: the local provider as a program that Terraform starts itself.

It prints go-plugin's handshake, with the TLS certificate that is in the folder, and ends when Terraform asks for it.
"""

import base64
import ssl
import sys
import threading
from pathlib import Path

import grpc

from terraform_provider.daemon import serve


def main(folder: Path) -> None:
    """Serve until Terraform no longer needs the provider."""
    key, certificate = (folder / "key.pem").read_bytes(), (folder / "certificate.pem").read_bytes()
    ended = threading.Event()
    server, port = serve(
        assets=Path.cwd().parents[1],  # Terraform works in stacks/<stack> of cdktf's output folder
        credentials=grpc.ssl_server_credentials([(key, certificate)]),
        on_shutdown=ended.set,
    )
    der = base64.b64encode(ssl.PEM_cert_to_DER_cert(certificate.decode())).decode().rstrip("=")
    print(f"1|6|tcp|127.0.0.1:{port}|grpc|{der}", flush=True)
    ended.wait()
    server.stop(grace=1).wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
