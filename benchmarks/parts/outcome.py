"""What a contender finds in a report, and whether contenders agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a contender finds in a report.

    `invalid` counts rows or fields that break a rule; None from a contender that does not validate. `totals` maps a
    currency to a decimal number as text; None without sums. `first_error` describes one, if the contender can.
    """

    rows: int
    invalid: int | None = None
    totals: dict[str, str] | None = None
    first_error: str | None = None


class BenchmarkError(Exception):
    """There are no figures: a contender failed, or two of them disagree."""


def check_agreement(outcomes: Sequence[tuple[str, Outcome]]) -> None:
    """Check that all contenders found the same in the same report; each outcome is paired with a name.

    Raises:
        BenchmarkError: two disagree; the text names them.
    """
    for name, outcome in outcomes:
        for other_name, other in outcomes:
            if not _agree(outcome, other):
                raise BenchmarkError(f"{name} and {other_name} disagree: {outcome} and {other}")


def _agree(one: Outcome, other: Outcome) -> bool:
    return (
        one.rows == other.rows
        and (one.invalid is None or other.invalid is None or one.invalid == other.invalid)
        and (one.totals is None or other.totals is None or _exact(one.totals) == _exact(other.totals))
    )


def _exact(totals: dict[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(total) for currency, total in totals.items()}
