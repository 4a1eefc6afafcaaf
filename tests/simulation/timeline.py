"""What happened in a run, in order: to be compared with another run of the seed, and to be read by a person."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: when, who, what, how it ended."""

    at: float
    who: str
    what: str
    result: str

    def __str__(self) -> str:
        """As one line of text."""
        minutes, seconds = divmod(self.at, 60)
        return f"{int(minutes):3}:{seconds:06.3f}  {self.who:<34.34}  {self.what}" + (
            f"  -> {self.result}" if self.result else ""
        )


@dataclass
class Timeline:
    """Entries; none are kept unless `kept`."""

    kept: bool
    entries: list[Entry] = field(default_factory=list)

    def add(self, at: float, who: str, what: str | Callable[[], str], result: object = "") -> None:
        """Add an entry."""
        if self.kept:
            text = what if isinstance(what, str) else what()
            self.entries.append(Entry(at=at, who=who, what=text, result=_short(result)))


def _short(value: object, limit: int = 200) -> str:
    text = f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
