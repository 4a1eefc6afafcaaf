"""Paths of the programs and folders that the local cloud uses.

Two environment variables override what set-up has installed: `MINISTACK_PYTHON` (a Python that has MiniStack and boto3)
and `CDKTF_BIN` (the cdktf CLI's script). `LOCAL_RUNS` names another folder for the runs: a run removes the
leftovers of all ended runs there, which tests that run side by side must not do to each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cloud.errors import LocalError
from shared.repository import ROOT


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Absolute paths."""

    root: Path
    ministack_python: Path
    """Interpreter of MiniStack's own virtual environment."""
    cdktf: Path
    """The cdktf CLI; `node` runs it."""
    runs: Path
    """Contains a folder for each run."""


def runs_folder(environ: Mapping[str, str], *, root: Path = ROOT) -> Path:
    """The folder that contains a folder for each run of a clone."""
    return Path(environ.get("LOCAL_RUNS") or root / ".local" / "runs")


def find_paths(environ: Mapping[str, str], *, root: Path = ROOT) -> Paths:
    """Find the installed programs.

    Raises:
        LocalError: one is missing; the message names the command that installs it.
    """
    paths = Paths(
        root=root,
        ministack_python=Path(environ.get("MINISTACK_PYTHON") or root / ".local/ministack-venv/bin/python"),
        cdktf=Path(environ.get("CDKTF_BIN") or root / "node_modules/.bin/cdktf"),
        runs=runs_folder(environ, root=root),
    )
    missing = [str(path) for path in (paths.ministack_python, paths.cdktf) if not path.exists()]
    if missing:
        raise LocalError(f"not installed: {', '.join(missing)}. Run `./dev setup`, then try again.")
    return paths
