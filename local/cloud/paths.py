"""Where the local cloud's parts lie: everything that is found by path, and nothing else.

For work on the parts themselves two environment variables override what set-up has installed:
`MINISTACK_PYTHON` (a Python that has MiniStack and boto3) and `CDKTF_BIN` (the cdktf CLI's script).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cloud.errors import LocalError
from shared.repository import ROOT

"""Root of the clone."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Absolute paths."""

    root: Path
    ministack_python: Path
    """Interpreter of MiniStack's own virtual environment."""
    cdktf: Path
    """The cdktf CLI; `node` runs it."""
    runs: Path
    """Holds one folder for each run."""


def find_places(environ: Mapping[str, str], *, root: Path = ROOT) -> Places:
    """Find the parts that set-up has installed.

    Raises:
        LocalError: one is missing, with the command that installs it.
    """
    places = Places(
        root=root,
        ministack_python=Path(environ.get("MINISTACK_PYTHON") or root / ".local/ministack-venv/bin/python"),
        cdktf=Path(environ.get("CDKTF_BIN") or root / "node_modules/.bin/cdktf"),
        runs=root / ".local" / "runs",
    )
    missing = [str(path) for path in (places.ministack_python, places.cdktf) if not path.exists()]
    if missing:
        raise LocalError(f"not installed: {', '.join(missing)}. Run `./dev setup` once, then try again.")
    return places
