"""`./dev advisories`: known vulnerabilities of everything that is locked, from pip-audit and npm audit."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.repository import ROOT
from tools.audits.findings import NPM_FOLDERS, NPM_LOCK, Audit, Finding, Outcome, finish, parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask for the advisories of all lock files, and report; the exit code."""
    options = parser(Audit.ADVISORIES, "Look for known vulnerabilities of the locked versions.")
    options.add_argument("--program", default="pip-audit", help="path of pip-audit")
    values = options.parse_args(arguments)
    locks = sorted((ROOT / "requirements").rglob("*.txt"))
    outcomes = [*(of_lock(lock, values.program) for lock in locks), *(of_npm(folder) for folder in NPM_FOLDERS)]
    return finish(Audit.ADVISORIES, joined(outcomes), require_all=values.require_all)


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """One outcome of several, each finding once: most lock files have packages in common."""
    all_ = list(outcomes)
    return Outcome(
        findings=sorted({finding for each in all_ for finding in each.findings}),
        unchecked=list(dict.fromkeys(text for each in all_ for text in each.unchecked)),
    )


def of_lock(lock: Path, program: str = "pip-audit") -> Outcome:
    """The advisories for a lock file in pip's format."""
    line = [program, "--requirement", str(lock), "--require-hashes", "--disable-pip", "--format", "json"]
    document = _json_of([*line, "--progress-spinner", "off"])
    if "dependencies" not in document:
        return Outcome(findings=[], unchecked=[f"{lock.relative_to(ROOT)}: the advisory service did not answer"])
    dependencies = document["dependencies"]
    return Outcome(
        findings=[
            Finding(
                id=each["id"],
                where=f"{package['name']} {package['version']}",
                text=f"fixed in {', '.join(each['fix_versions']) or 'no version yet'}",
            )
            for package in dependencies
            for each in package.get("vulns", [])
        ],
        unchecked=[f"{each['name']}: {each['skip_reason']}" for each in dependencies if "skip_reason" in each],
    )


def of_npm(folder: Path, program: str = "npm") -> Outcome:
    """The advisories for the package-lock.json in a folder."""
    document = _json_of([program, "audit", "--json", "--package-lock-only"], folder)
    if "vulnerabilities" not in document:
        lock = (folder / NPM_LOCK).relative_to(ROOT)
        return Outcome(findings=[], unchecked=[f"{lock}: the advisory service did not answer"])
    return Outcome(
        findings=[
            Finding(id=each["url"].rpartition("/")[2], where=f"npm {each['name']}", text=each["title"])
            for package in document["vulnerabilities"].values()
            for each in package["via"]
            if isinstance(each, Mapping)  # else the name of the package that has it
        ]
    )


def _json_of(line: Sequence[str], folder: Path = ROOT) -> Mapping[str, Any]:
    """What a program prints, whatever its exit code; empty if it is no JSON object."""
    done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
