"""`python -m terraform_provider.generate`: write `schema.json` and the protocol's messages anew.

Needs the bindings (cdktf-cdktf-provider-aws) and grpcio-tools.
"""

import subprocess
import sys
from pathlib import Path

from terraform_provider import protocol
from terraform_provider.generate.document import generate, render
from terraform_provider.schema import SCHEMA_FILE

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Write both; returns the exit code."""
    SCHEMA_FILE.write_text(render(generate()), encoding="utf-8")
    definitions = sorted(Path(protocol.__path__[0]).glob("*.proto"))
    names = [str(path.relative_to(ROOT)) for path in definitions]
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", "--python_out=.", "--pyi_out=.", *names]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
