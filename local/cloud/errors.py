"""Expected failures of local commands, with the end of the log that explains them."""

from pathlib import Path
from typing import Final

from tools.errors import ToolError

_TAIL_LINES: Final = 15


class LocalError(ToolError):
    """An expected failure of the local cloud or of a program that uses it."""


def with_log_tail(message: str, log: Path) -> LocalError:
    """A failure that a log explains: the message, the log's last lines and its path."""
    tail = log_tail(log)
    shown = "\n".join(f"  | {line}" for line in tail) if tail else "  | (empty)"
    return LocalError(f"{message}\n{shown}\nThe whole log: {log}")


def log_tail(log: Path, lines: int = _TAIL_LINES) -> list[str]:
    """The last non-empty lines of a log, or none if it does not exist."""
    if not log.is_file():
        return []
    text = log.read_text(encoding="utf-8", errors="replace")
    return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]
