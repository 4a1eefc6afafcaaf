"""Validates one file once, and prints what it cost: `python -m benchmarks.parts.validate_once CONTENDER PATH [BYTES]`.

With BYTES, the process may have no more address space than that.
"""

import importlib
import resource
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.parts.outcome import Outcome, Run

_UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""Of `ru_maxrss`."""


def main(name: str, path: Path, *limits: str) -> None:
    """Measure the validation alone: imports come before."""
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_AS, (int(limit), int(limit)))
    validate_file = importlib.import_module(f"benchmarks.contenders.{name}").validate_file
    cpu, wall = time.process_time(), time.perf_counter()
    outcome: Outcome = validate_file(path)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    print(Run(outcome=outcome, cpu=cpu, wall=wall, memory=memory).to_json())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
