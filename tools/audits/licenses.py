"""`./dev licenses`: whether everything that is locked has a license that this repository may use."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tools.audits.findings import NPM_FOLDERS, NPM_LOCK, Audit, Finding, Outcome, finish, parser

ALLOWED: Final = frozenset(
    {
        *(
            "0BSD",
            "Apache-2.0",
            "BlueOak-1.0.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "CNRI-Python",
            "ISC",
            "MIT",
        ),
        *("MIT-0", "MIT-CMU", "PSF-2.0", "Public Domain", "Unlicense", "Zlib"),
        "MPL-2.0",  # its files stay under it, whatever uses them
        # What packages without an SPDX expression call the same.
        *("3-Clause BSD License", "Apache 2.0", "Apache License 2.0", "Apache Software License", "BSD", "BSD License"),
        *("ISC License (ISCL)", "MIT License", "Mozilla Public License 2.0 (MPL 2.0)"),
        *("Python Software Foundation License", "PSF License"),
    }
)
"""Licenses that ask of us no more than to name them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the licenses of npm's lock files and of lists of installed packages, and report; the exit code."""
    options = parser(Audit.LICENSES, "Check the licenses of everything that is locked.")
    options.add_argument("lists", nargs="*", type=Path, help="what tools/audits/installed.py printed")
    values = options.parse_args(arguments)
    installed = (found for each in values.lists for found in _installed(json.loads(each.read_bytes())))
    locked = (found for folder in NPM_FOLDERS for found in _locked(json.loads((folder / NPM_LOCK).read_bytes())))
    outcome = Outcome(findings=sorted({*findings(installed), *findings(locked)}))
    return finish(Audit.LICENSES, outcome, require_all=values.require_all)


def findings(licenses: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Those packages, given with their license, whose license is not allowed."""
    for package, license_ in licenses:
        if not is_allowed(license_):
            yield Finding(id=license_, where=package, text="is a license that is not allowed yet")


def is_allowed(license_: str) -> bool:
    """Whether an SPDX expression (of licenses, AND, OR and brackets) is allowed."""
    if license_ in ALLOWED:
        return True
    for word, meets in ((" OR ", any), (" AND ", all)):
        parts = _split(license_, word)
        if len(parts) > 1:
            return meets(is_allowed(each) for each in parts)
    in_brackets = license_.startswith("(") and license_.endswith(")")
    return in_brackets and is_allowed(license_[1:-1])


def _split(text: str, word: str) -> list[str]:
    """The parts of an expression between a word, where it is not in brackets."""
    parts, depth = [""], 0
    for piece in re.split(rf"({word}|[()])", text):
        depth += (piece == "(") - (piece == ")")
        if piece == word and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _installed(packages: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, about["license"]) for name, about in packages.items())


def _locked(lock: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each package of npm's lock file; the nameless one is this repository."""
    for path, about in lock["packages"].items():
        if path:
            yield f"npm {path.rpartition('node_modules/')[2]}", about.get("license", "none")


if __name__ == "__main__":
    sys.exit(main())
