"""Validates one file many times in one process, as a warm function does, and prints what each time cost.

`python -m benchmarks.parts.validate_repeatedly PATH TIMES [GROUP]`: enters the control group first. Prints a JSON list of
`[processor seconds, seconds by the clock]`; the first holds the validator's import, too: the cold start.
"""

import os
import sys
import time


def main(path: str, times: int, *groups: str) -> None:
    """Measure; nothing is imported before that the validator imports, too."""
    with open(path, "rb") as file:  # noqa: PTH123  pathlib would be imported ahead of the validator
        report = file.read()
    for group in groups:
        with open(f"{group}/cgroup.procs", "w", encoding="ascii") as processes:  # noqa: PTH123  as above
            processes.write(str(os.getpid()))
    measured = [_once(report) for _ in range(times)]
    print([list(each) for each in measured])


def _once(report: bytes) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    _rules(report)
    return time.process_time() - cpu, time.perf_counter() - wall


def _rules(report: bytes) -> None:
    # pylint: disable=import-outside-toplevel  # the import is a part of what is measured
    from benchmarks.parts.submission import BANK, NOW  # noqa: PLC0415
    from functions.report.validator import validate_report  # noqa: PLC0415

    result = validate_report(report, bank_id=BANK, now=NOW)
    if not result.valid:
        raise ValueError(f"the report should be good: {result.errors[0]}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
