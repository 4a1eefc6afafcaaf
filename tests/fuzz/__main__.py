"""Fuzzes the validator with atheris: `python -m tests.fuzz [libFuzzer's arguments]`, run by `./dev fuzz`.

New inputs are collected in .cache/fuzz, in addition to the kept ones in corpus/. An input on which the validator fails
is written to the working directory (`crash-...`): copy it to corpus/, whose files the unit tests check.
"""

import sys
from hashlib import sha256
from pathlib import Path

import atheris  # pylint: disable=import-error  # only the session `fuzz` has it

with atheris.instrument_imports(include=["functions.report"]):
    from tests.fuzz.reports import check, seeds

CORPUS = Path(__file__).parent / "corpus"
FOUND = Path(".cache/fuzz")


def main() -> None:
    """Write the seeds, then fuzz until libFuzzer's limits."""
    FOUND.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (FOUND / sha256(seed).hexdigest()).write_bytes(seed)
    atheris.Setup([*sys.argv, "-max_len=8192", "-timeout=20", str(FOUND), str(CORPUS)], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
