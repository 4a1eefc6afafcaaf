"""Synthesis of all stacks: ours, with the bindings' whole assembly, and with the plain import of their package."""

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, table
from benchmarks.parts.reports import scratch_folder
from shared.repository import ROOT

_PYTHON: Final = ROOT / ".venv" / "bin" / "python"
"""Of the toolchain: it has cdktf and the bindings, which this benchmark's environment lacks."""
_CACHES: Final = {
    "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "bench-bytecode"),
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(ROOT / ".cache" / "jsii"),
}
"""The same for all. Without bytecode, the plain way would compile 2,212 modules in each run, and ours forty."""
_RUN_APP: Final = "import runpy; runpy.run_path('main.py', run_name='__main__')"
_WAYS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "ours": (_RUN_APP, {}),
    "whole": (_RUN_APP, {"TXN_BINDINGS_CACHE": ""}),
    "plain": (f"import cdktf_cdktf_provider_aws; {_RUN_APP}", {"TXN_BINDINGS_CACHE": ""}),
}
"""Name -> program, and environment variables."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the table and the ratios; the exit code."""
    options = _options(arguments)
    try:
        seconds = _measure(options.rounds)
    except BenchmarkError as error:
        print(f"benchmarks.synth: {error}", file=sys.stderr)
        return 1
    rows = [[way, f"{min(took):.2f}", f"{median(took):.2f}"] for way, took in seconds.items()]
    print(f"Measured {facts()}. A process for each run of main.py, {options.rounds} rounds. Seconds:\n")
    print(table(["", "best", "median"], rows))
    for way in ("plain", "whole"):
        print(f"ratio synth/{way} {min(seconds['ours']) / min(seconds[way]):.3f}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.synth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way (default: %(default)s)")
    return parser.parse_args(arguments)


def _measure(rounds: int) -> dict[str, list[float]]:
    """Wall times of each way.

    Raises:
        BenchmarkError: one failed, or they do not synthesize the same files.
    """
    seconds: dict[str, list[float]] = {way: [] for way in _WAYS}
    with scratch_folder() as folder:
        digests = {_synthesize(way, folder)[1] for way in _WAYS}  # fills caches; not measured
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for way, took in seconds.items():
                elapsed, digest = _synthesize(way, folder)
                took.append(elapsed)
                digests.add(digest)
    if len(digests) != 1:
        raise BenchmarkError("the ways do not synthesize the same files")
    return seconds


def _synthesize(way: str, folder: Path) -> tuple[float, str]:
    """Wall time of one process, and a digest of the files that it wrote.

    Raises:
        BenchmarkError: it failed; the text ends with its error output.
    """
    program, variables = _WAYS[way]
    output = folder / "cdktf.out"
    own = {"CDKTF_OUTDIR": str(output), "AWS_EC2_METADATA_DISABLED": "true", "ENVIRONMENT_SUFFIX": "bench"}
    foreign = ("AWS_", "CDKTF_", "JSII_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{_PYTHON.parent}{os.pathsep}{kept.get('PATH', '')}"
    began = perf_counter()
    done = subprocess.run(
        [str(_PYTHON), "-c", program],
        cwd=ROOT,
        env={**kept, "PATH": path, "PYTHONPATH": str(ROOT), **_CACHES, **own, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed = perf_counter() - began
    if done.returncode:
        raise BenchmarkError(f"{way} failed with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    return elapsed, _digest(output)


def _digest(output: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(output.rglob("cdk.tf.json"))
    if not files:
        raise BenchmarkError(f"no stack was written into {output}")
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
