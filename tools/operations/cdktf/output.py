"""What cdktf prints while it deploys or destroys, read as progress by stack and as errors.

cdktf puts the stack's id and two spaces before the first line of a piece of Terraform's output, and as many
spaces before the lines that follow.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

_STACK: Final = re.compile(r"(?P<stack>[a-z0-9-]+-stack)  (?P<text>.*)")
_PLAN: Final = re.compile(r"Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy")
_DONE: Final = re.compile(r": (?:Creation|Modifications|Destruction) complete after ")
_ENDED: Final = ("Apply complete!", "Destroy complete!")
_ERROR: Final = "Error: "
_ERROR_LINES: Final = 12
"""What is shown of one error: its message and where it stands; the rest is in the log."""


@dataclass(frozen=True, kw_only=True)
class StackProgress:
    """How far one stack is; `total` is known once it has been planned."""

    stack: str
    done: int = 0
    total: int | None = None
    unchanged: bool = False
    """Terraform found no difference."""
    ended: bool = False

    def __str__(self) -> str:
        if self.unchanged:
            return f"{self.stack}: no changes"
        if self.total is None:
            return f"{self.stack}: planning"
        return f"{self.stack}: {self.done} of {self.total} resources"


@dataclass(kw_only=True)
class Progress:
    """Progress of one cdktf command, in the order in which its stacks began."""

    stacks: dict[str, StackProgress] = field(default_factory=dict)
    _current: str | None = None

    def feed(self, line: str) -> StackProgress | None:
        """Take in one line of output; the stack whose progress it changed, if it did."""
        stack, text = _split(line)
        self._current = stack or self._current
        if self._current is None:
            return None
        before = self.stacks.get(self._current)
        after = _advance(before or StackProgress(stack=self._current), text)
        self.stacks[self._current] = after
        return after if after != before else None


def _advance(stack: StackProgress, text: str) -> StackProgress:
    if plan := _PLAN.search(text):
        return replace(stack, total=sum(map(int, plan.groups())))
    if text.startswith("No changes."):
        return replace(stack, unchanged=True)
    if text.startswith(_ENDED):
        return replace(stack, ended=True)
    if _DONE.search(text):
        return replace(stack, done=stack.done + 1)
    return stack


def errors(lines: Iterable[str]) -> list[str]:
    """Terraform's error messages, each one once: its first lines, without the frames around them."""
    found: list[list[str]] = []
    for line in lines:
        _, text = _split(line)
        if text.startswith(_ERROR):
            found.append([])
        if found and text and len(found[-1]) < _ERROR_LINES:
            found[-1].append(text)
    return list(dict.fromkeys("\n".join(block) for block in found))


def _split(line: str) -> tuple[str | None, str]:
    """The stack that a line begins with, if it does, and the line's text without frames."""
    found = _STACK.match(line)
    text = found["text"] if found else line
    return (found["stack"] if found else None), text.strip().strip("╷│╵").strip()
