"""`python -m terraform_provider.generate`: write `schema.json` and the protocol's messages.

Needs the bindings (cdktf-cdktf-provider-aws) and grpcio-tools.
"""

import sys

from terraform_provider.generate.document import generate, render
from terraform_provider.generate.messages import ROOT, write_messages
from terraform_provider.schema import SCHEMA_FILE


def main() -> int:
    """Write both; returns the exit code."""
    SCHEMA_FILE.write_text(render(generate()), encoding="utf-8")
    return write_messages(ROOT)


if __name__ == "__main__":
    sys.exit(main())
