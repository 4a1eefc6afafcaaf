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
    """What the user asked for."""

    report: Path | None
    bank: str | None
    keep: bool
    port: int | None
    provider: Provider


def parse(arguments: Sequence[str], *, folder: Path) -> Options:
    """Read the command line; ends the program with help or a message where that is due.

    Args:
        arguments: after `--`.
        folder: where the user is; a relative path starts there.
    """
    parser = _parser()
    values = parser.parse_args(arguments)
    if values.bank is not None and values.report is None:
        parser.error("--bank goes with a report's path")
    return Options(
        report=folder / values.report if values.report else None,
        bank=values.bank,
        keep=values.keep,
        port=values.port,
        provider=Provider(values.provider),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev local --",
        description="Deploy the whole pipeline to a local cloud, send reports through it, and show how each ended.",
    )
    parser.add_argument(
        "report", nargs="?", type=Path, metavar="PATH.csv", help="your own report, instead of the sample reports"
    )
    parser.add_argument("--bank", metavar="BANK", help=f"whose report it is: {', '.join(BANKS)}")
    parser.add_argument("--keep", action="store_true", help="leave the local cloud up until Ctrl-C")
    parser.add_argument("--port", type=_port, help="where the local cloud listens (default: any free port)")
    parser.add_argument(
        "--provider",
        choices=[each.value for each in Provider],
        default=Provider.LOCAL.value,
        help="Terraform's AWS provider: the built-in one, or the real one out of the registry (a 700 MB download)",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected 1 to {_MAX_PORT}")
    return int(text)
