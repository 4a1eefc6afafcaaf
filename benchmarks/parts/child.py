"""Runs a contender in a fresh child process, so that no run profits or suffers from the one before."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.parts.outcome import BenchmarkError, Outcome
from shared.repository import ROOT

_ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One process: seconds of processor time for the import and for each validation, and its peak memory in bytes."""

    outcome: Outcome
    import_cpu: float
    cpu: list[float]
    memory: int

    @property
    def speed(self) -> float:
        """Rows in a second of processor time, in the first validation."""
        return self.outcome.rows / self.cpu[0]


def run(contender: str, path: Path, *, times: int = 1, most_memory: int | None = None) -> Run:
    """Validate a file so many times in one process, on one core, with at most so many bytes of address space.

    Raises:
        BenchmarkError: the contender failed; the text ends with its error output.
    """
    limit = [] if most_memory is None else [str(most_memory)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.parts.measure", contender, str(path), str(times), *limit],
        cwd=ROOT,
        env={**os.environ, **_ONE_THREAD},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_stay_on_one_core,
    )
    if done.returncode:
        raise BenchmarkError(f"{contender} failed with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    data = json.loads(done.stdout)
    return Run(**{**data, "outcome": Outcome(**data["outcome"])})


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):  # Linux; elsewhere one thread must do
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
