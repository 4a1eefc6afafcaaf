"""What a contender says of a report, and what it cost: one line of JSON between processes."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a contender says of a report.

    `wrong` counts rows or fields at violation; `totals` maps currency to a decimal number's text. A contender that does not
    validate_report, or does not sum, says None. `told` is the first problem in words, of one that has words.
    """

    rows: int
    wrong: int | None = None
    totals: dict[str, str] | None = None
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One measured run: processor seconds, seconds by the clock, and the process's greatest memory in bytes."""

    outcome: Outcome
    cpu: float
    wall: float
    memory: int

    def to_json(self) -> str:
        """As one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Back from the line."""
        data = json.loads(line)
        return cls(**{**data, "outcome": Outcome(**data["outcome"])})
