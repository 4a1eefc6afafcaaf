"""Child processes to measure in: each one fresh, so that no run profits or suffers from the one before."""

import os
import subprocess
import sys
from typing import Final

from shared.repository import ROOT

_ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class ChildError(Exception):
    """A child process failed."""


def run_child(module: str, *arguments: str) -> str:
    """Run a module of ours on one core; what it printed.

    Raises:
        ChildError: it failed; the text ends with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **_ONE_THREAD},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_stay_on_one_core,
    )
    if done.returncode:
        raise ChildError(f"{module} {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):  # Linux; elsewhere one thread has to do
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
