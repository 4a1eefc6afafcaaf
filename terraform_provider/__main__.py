"""`python -m terraform_provider --assets DIR`: serve Terraform until SIGTERM, SIGINT or the end of standard input.

Prints one line when it is ready: the value of TF_REATTACH_PROVIDERS. AWS_ENDPOINT_URL names the local cloud.
"""

import argparse
import sys
from pathlib import Path

from terraform_provider.daemon import run


def main(arguments: list[str] | None = None) -> int:
    """Run the daemon; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m terraform_provider", description=__doc__)
    parser.add_argument(
        "--assets",
        type=Path,
        required=True,
        metavar="DIR",
        help="cdktf's output folder: relative paths of assets are relative to DIR/stacks/*/",
    )
    assets = parser.parse_args(arguments).assets.resolve()
    run(assets=assets, stdin=sys.stdin.fileno(), stdout=sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
