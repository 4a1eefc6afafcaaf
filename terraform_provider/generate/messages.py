"""The protocol's messages, from its definitions."""

from pathlib import Path
from typing import Final

from grpc_tools import protoc  # type: ignore[import-untyped]  # it has no stubs

ROOT: Final = Path(__file__).parents[2]
"""The folder from which the package is imported."""


def write_messages(output: Path) -> int:
    """Write `*_pb2.py` and `*_pb2.pyi` under `output`, in the package's folders; returns protoc's exit code."""
    definitions = sorted(str(path) for path in ROOT.glob("terraform_provider/protocol/*.proto"))
    exit_code: int = protoc.main(["protoc", f"-I{ROOT}", f"--python_out={output}", f"--pyi_out={output}", *definitions])
    return exit_code
