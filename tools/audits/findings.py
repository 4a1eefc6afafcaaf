"""What audits find, what of it is waived until when (waivers.toml), and how it is reported."""

import argparse
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.repository import ROOT
from tools.errors import ToolError

WAIVERS: Final = Path(__file__).with_name("waivers.toml")
NPM_LOCK: Final = "package-lock.json"
NPM_FOLDERS: Final = (ROOT, ROOT / "tests" / "browser")
"""Where npm's lock files are: the toolchain's, and that of the tests in a browser."""


class Audit(StrEnum):
    """Name of an audit, and of its session."""

    CHECKOV = "checkov"
    ADVISORIES = "advisories"
    LICENSES = "licenses"
    RUNTIME = "runtime"


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing that an audit objects to."""

    id: str
    """Of the check, the advisory or the license."""
    where: str
    """Resource or package."""
    text: str


class Waiver(BaseModel):
    """Why a finding is accepted, and until when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audit: Audit
    id: str
    where: str = "*"
    """Shell pattern of the resources or packages."""
    reason: str = Field(min_length=20)
    expires: date
    """The last day on which it holds: then the reason has to be thought over."""

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding, expired or not."""
        return finding.id == self.id and fnmatchcase(finding.where, self.where)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an audit has found."""

    findings: Sequence[Finding]
    unchecked: Sequence[str] = ()
    """What could not be checked, and why."""


def read_waivers(audit: Audit, file: Path = WAIVERS) -> list[Waiver]:
    """The waivers of one audit.

    Raises:
        ToolError: the file is invalid.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        waivers = TypeAdapter(list[Waiver]).validate_python(content.get("waiver", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ToolError(f"{file.name} is invalid: {error}") from error
    return [each for each in waivers if each.audit is audit]


def report(
    outcome: Outcome,
    waivers: Sequence[Waiver],
    *,
    today: date,
    require_all: bool,
    say: Callable[[str], object] = print,
) -> int:
    """Print the outcome; the exit code.

    Args:
        outcome: of the audit.
        waivers: of the same audit.
        today: a waiver that expired before no longer counts.
        require_all: whether it is an error if something was not checked.
        say: prints a line.
    """
    valid = [each for each in waivers if each.expires >= today]
    open_ = [each for each in sorted(outcome.findings) if not any(waiver.covers(each) for waiver in valid)]
    expired = [f"{each.id}: its waiver expired on {each.expires}" for each in waivers if each not in valid]
    # What was not checked may be what a waiver is about.
    unused = [] if outcome.unchecked else _unused(valid, outcome.findings)
    for finding in open_:
        say(f"{finding.id} in {finding.where}: {finding.text}")
    for line in (*expired, *unused, *(f"not checked: {each}" for each in outcome.unchecked)):
        say(line)
    waived = len(outcome.findings) - len(open_)
    say(f"{len(open_)} open findings, {waived} waived, {len(outcome.unchecked)} not checked.")
    return int(bool(open_ or expired or unused or (require_all and outcome.unchecked)))


def _unused(waivers: Iterable[Waiver], findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    unused = [each for each in waivers if not any(each.covers(finding) for finding in found)]
    return [f"{each.id} in {each.where}: nothing is found any more. Remove its waiver." for each in unused]


def parser(audit: Audit, description: str) -> argparse.ArgumentParser:
    """The options that all audits have."""
    made = argparse.ArgumentParser(prog=f"./dev {audit}", description=description)
    made.add_argument(
        "--require-all", action="store_true", help="fail if something could not be checked, as every night"
    )
    return made


def finish(audit: Audit, outcome: Outcome, *, require_all: bool) -> int:
    """Report an outcome with the waivers of the repository, as of today; the exit code."""
    return report(outcome, read_waivers(audit), today=datetime.now(UTC).date(), require_all=require_all)
