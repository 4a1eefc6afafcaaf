"""The command line of `./dev sync`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """The parsed command line."""

    watch: bool
    port: int | None


def parse(arguments: Sequence[str]) -> Options:
    """Parse the command line; exits with help, or with a message about an invalid option."""
    parser = argparse.ArgumentParser(
        prog="./dev sync",
        description=(
            "Bring changed functions into the local cloud that `./dev local --keep` keeps up, without Terraform. "
            "Code only: a change of settings, permissions or resources needs `./dev local --keep` again."
        ),
    )
    parser.add_argument("--watch", action="store_true", help="sync again at each change of a function, until Ctrl-C")
    parser.add_argument("--port", type=int, help="the local cloud's port, if several are up")
    return Options(**vars(parser.parse_args(arguments)))
