"""The demo's command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.demo.samples import BANKS
from local.deployment.cdktf import Provider

_MAX_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class Options:
    """The parsed command line."""

    report: Path | None
    bank: str | None
    keep: bool
    port: int | None
    provider: Provider


def parse(arguments: Sequence[str], *, folder: Path) -> Options:
    """Parse the command line; exits with help, or with a message about an invalid option.

    Args:
        arguments: the options of `./dev local`.
        folder: the user's folder, where a relative path starts.
    """
    parser = _parser()
    values = vars(parser.parse_args(arguments))
    if values["bank"] and not values["report"]:
        parser.error("--bank needs the path of a report")
    report = folder / values["report"] if values["report"] else None
    return Options(**values | {"report": report, "provider": Provider(values["provider"])})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev local",
        description="Deploy the whole pipeline to a local cloud, submit reports, and show the outcome of each.",
    )
    parser.add_argument("report", nargs="?", metavar="PATH.csv", help="your own report, instead of the samples")
    parser.add_argument("--bank", metavar="BANK", help=f"the bank that submits your report: {', '.join(BANKS)}")
    parser.add_argument("--keep", action="store_true", help="leave the local cloud up until Ctrl-C")
    parser.add_argument("--port", type=_port, help="the local cloud's port (default: any free one)")
    parser.add_argument(
        "--provider",
        choices=[each.value for each in Provider],
        default=Provider.LOCAL.value,
        help="Terraform's AWS provider: the built-in one, or the real one from the registry (a 700 MB download)",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected 1 to {_MAX_PORT}")
    return int(text)
