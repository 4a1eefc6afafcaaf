"""The sections of the runbook about alarms."""

import re

from shared.repository import ROOT
from tests.synth.alarms.scenarios import OVERDUE

OVERDUE_HEADING = f"{OVERDUE}<bank>"


def anchors() -> dict[str, str]:
    """Heading of each section about an alarm in the runbook -> the fragment by which it is linked."""
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"^## Alarms\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    headings = [each.replace("`", "") for each in re.findall(r"^### (.*)$", section, re.MULTILINE)]
    assert len(headings) == len(set(headings))
    # As GitHub makes it: lower case, without punctuation, hyphens for spaces.
    return {each: re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def heading(purpose: str) -> str:
    """Of the section about an alarm: those on overdue reports share one."""
    return OVERDUE_HEADING if purpose.startswith(OVERDUE) else purpose
