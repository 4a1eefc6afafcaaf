"""One vocabulary: words that were retired stay out of sources and documents.

Only words without an innocent use are listed; others (good, bad, stand, tell) are a matter of reading.
"""

import re
import subprocess
from fnmatch import fnmatch
from typing import NamedTuple

import pytest

from shared.repository import ROOT


class Retired(NamedTuple):
    """A retired word as a pattern, without regard to case, and the term to use instead."""

    pattern: str
    instead: str


RETIRED = (
    Retired(r"judg(e|es|ed|ing|ment|ments|ement|ements)", "validate, validator, validation"),
    Retired(r"verdicts?", "validation result"),
    Retired(r"(at )?faults?|faulty", "validation error, invalid; defect for our own"),
    Retired(r"mend(s|ed|ing|er|able)?", "fix, correct"),
    Retired(r"hand(s|ed|ing)?( \w+){0,2} in( again| twice)?", "submit, resubmit"),
    Retired(r"refus(e|es|ed|ing|al|als)( the| a)? (report|upload|row)s?", "reject"),
    Retired(r"anew", "again; re-create, regenerate, redeploy"),
    Retired(r"whoever|whosoever", "the caller, the process that"),
    Retired(r"somebody|nobody|everybody", "another process, no one, the bank, the operator"),
    Retired(r"for ever", "forever, permanently"),
    Retired(r"lies? (in|at|below|beside|there|on)|lay in", "is stored in, is in"),
    Retired(
        r"(takes?|taken|taking) in(?! (turn|a|the|its|one|any|all|part|order|front|between)\b)",
        "adopt, import, accept",
    ),
    Retired(r"to be had", "available"),
    Retired(r"misfits?", "rule violation"),
    Retired(r"private environment", "toolchain"),
    Retired(r"the one door", "entry point"),
    Retired(r"the books", "ledger"),
    Retired(r"ought to", "should"),
)

# Files that are not ours to word, or that have to name the words.
EXCLUDED = (
    "LICENSE",
    "*.csv",
    "*.png",
    "package-lock.json",
    "requirements/*",
    "terraform_provider/protocol/*",
    "tests/architecture/test_words.py",
    "tests/fuzz/corpus/*",
)

# (file, matched text) -> why it may stay.
EXCEPTIONS: dict[tuple[str, str], str] = {}


def texts() -> dict[str, str]:
    """Every tracked text file that is ours, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    names = [name for name in listed.split("\0") if name and not any(fnmatch(name, each) for each in EXCLUDED)]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).is_file()}


def findings(text: str, retired: Retired) -> list[tuple[int, str]]:
    """Line and text of each use of a retired word; `_` separates words, as in the names of tests."""
    pattern = re.compile(rf"(?<![A-Za-z])(?:{retired.pattern})(?![A-Za-z])", re.IGNORECASE)
    lines = text.replace("_", " ").splitlines()
    return [(number, found.group()) for number, line in enumerate(lines, start=1) for found in pattern.finditer(line)]


@pytest.mark.parametrize("retired", RETIRED, ids=lambda each: each.instead)
def test_retired_words_stay_out(retired: Retired) -> None:
    found = [
        f"{name}:{line}: {word!r}: use {retired.instead}"
        for name, text in texts().items()
        for line, word in findings(text, retired)
        if (name, word) not in EXCEPTIONS
    ]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    sources = texts()
    unused = [
        (name, word)
        for name, word in EXCEPTIONS
        if not any(found == word for each in RETIRED for _, found in findings(sources[name], each))
    ]
    assert unused == []


def test_a_retired_word_is_found_in_names_and_in_prose() -> None:
    verdict = RETIRED[1]
    assert findings("def test_the_verdict_is_final():", verdict) == [(1, "verdict")]
    assert findings("one\nThe Verdicts.", verdict) == [(2, "Verdicts")]
    assert not findings("verdicted", verdict)
