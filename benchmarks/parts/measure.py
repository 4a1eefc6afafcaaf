"""Validates one file in this process, and prints a `Run` as JSON.

`python -m benchmarks.parts.measure CONTENDER PATH TIMES [BYTES]`; with BYTES, in no more address space than that.
"""

import json
import resource
import sys
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Final

_MEMORY_UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""Of `ru_maxrss`."""


def main(contender: str, path: Path, times: int, *limits: str) -> None:
    """Measure the contender's import, then each validation."""
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_AS, (int(limit), int(limit)))
    start = process_time()
    validate_file = import_module(f"benchmarks.contenders.{contender}").validate_file
    import_cpu = process_time() - start
    outcome, cpu = None, []
    for _ in range(times):
        start = process_time()
        outcome = validate_file(path)
        cpu.append(process_time() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MEMORY_UNIT
    print(json.dumps({"outcome": vars(outcome), "import_cpu": import_cpu, "cpu": cpu, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
