"""The logs of a failed test's local clouds: kept, because the folder of a run ends with it."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from shared.repository import ROOT

WORKER: Final = os.environ.get("PYTEST_XDIST_WORKER", "alone")
RUNS: Final = ROOT / ".local" / "test-runs" / WORKER
"""The folder for the runs of this worker's local clouds."""
FAILED: Final = ROOT / ".local" / "test-logs"


def keep_logs(test: str, *, runs: Path = RUNS, failed: Path = FAILED) -> list[Path]:
    """Copy the logs of all local clouds that are up, in place of those of the test's earlier failure.

    Args:
        test: names the folder for the copies.
        runs: the worker's.
        failed: parent folder of the copies.

    Returns:
        The copies.
    """
    folder = failed / re.sub(r"[^\w.-]+", "-", test).strip("-")
    shutil.rmtree(folder, ignore_errors=True)
    copies = []
    for log in sorted(runs.glob("*/logs/*.log")):
        copy = folder / log.parent.parent.name / log.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copies.append(Path(shutil.copyfile(log, copy)))
    return copies
