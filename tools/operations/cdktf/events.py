"""What Terraform and the app print, line by line.

Terraform prints events with `-json`, read as progress and errors; the app prints its progress. Any other line is text.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.infra.progress import progress_in
from tools.operations.state.lock import Lock, lock_of_diagnostic

_ERROR_LINES: Final = 12
"""What is shown of one error: its message and its address; the rest is in the log."""


def ignore(_progress: str) -> None:
    """Show no progress."""


@dataclass(kw_only=True)
class Output:
    """What one command has printed so far."""

    show: Callable[[str], None] = field(default=ignore)
    """Called with the progress whenever it changes."""
    total: int | None = None
    """How many resources to create, change or destroy; known once Terraform has planned."""
    done: int = 0
    replaced: set[str] = field(default_factory=set)
    """Types of the resources that the plan replaces."""
    lines: list[str] = field(default_factory=list)
    """All of it but the app's progress, as Terraform would have printed it without `-json`."""
    errors: list[str] = field(default_factory=list)
    """Terraform's errors, each once."""
    lock: Lock | None = None
    """The lock that kept Terraform from working."""

    def read(self, line: str) -> str:
        """Read one line; the text of it."""
        progress = progress_in(line)
        if progress is not None:
            self.show(progress)
            return line
        event = _event(line)
        text = line if event is None else self._follow(event)
        self.lines += text.splitlines()
        return text

    def _follow(self, event: Mapping[str, Any]) -> str:
        message = str(event["@message"])
        match event:
            case {"type": "change_summary", "changes": {"operation": "plan"} as changes}:
                self.total = sum(changes[each] for each in ("add", "change", "remove"))
                self._show_progress()
            case {"type": "planned_change", "change": {"action": "replace", "resource": {"resource_type": type_}}}:
                self.replaced.add(type_)
            case {"type": "apply_complete", "hook": {"action": "create" | "update" | "delete"}}:
                self.done += 1
                self._show_progress()
            case {"type": "log"}:  # such as that an interrupt was received
                self.show(" ".join(message.split()))
            case {"type": "diagnostic", "diagnostic": diagnostic}:
                return self._diagnose(diagnostic)
        return message

    def _show_progress(self) -> None:
        self.show(f"{self.done} of {self.total} resources")

    def _diagnose(self, diagnostic: Mapping[str, Any]) -> str:
        """Note an error; the text of an error or a warning."""
        detail = diagnostic["detail"]
        place = f"in {diagnostic['address']}" if diagnostic.get("address") else ""
        parts = [f"{diagnostic['severity'].capitalize()}: {diagnostic['summary']}", place, detail]
        lines = [line for part in parts for line in part.splitlines() if line.strip()]
        error = "\n".join(lines[:_ERROR_LINES])
        if diagnostic["severity"] == "error" and error not in self.errors:
            self.errors.append(error)
            self.lock = self.lock or lock_of_diagnostic(detail)
        return "\n".join(lines)


def _event(line: str) -> Mapping[str, Any] | None:
    """The event that a line is; None if it is none of Terraform's."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "@message" in event else None
