"""Who is compared, what each leaves out, and how one of them is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from benchmarks.parts.child import run_child
from benchmarks.parts.outcome import Outcome, Run

OURS: Final = "ours"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to validate_report a report: `benchmarks/contenders/<name>.py`.

    `package` is the distribution whose version is told. `most_rows` bounds what a slow one is given: the first rows of
    the same report.
    """

    name: str
    title: str
    leaves_out: str
    package: str | None = None
    most_rows: int | None = None


CONTENDERS: Final = (
    Contender(
        name="csv_reader",
        title="csv.reader alone",
        leaves_out="everything: it splits rows and nothing more",
    ),
    Contender(
        name="plain",
        title="csv + Decimal + fromisoformat",
        leaves_out=(
            "strict spelling (takes 1e2, 1_000, +5, week dates), what is wrong with a row and on which line, "
            "byte ranges, bounded memory"
        ),
    ),
    Contender(
        name="pydantic_rows",
        title="pydantic",
        leaves_out="strict spelling of amounts and timestamps (takes 1e2, 1700000000), byte ranges, bounded memory",
        package="pydantic",
    ),
    Contender(
        name="frictionless_table",
        title="frictionless",
        leaves_out="totals, decimals by currency, zero, future, byte ranges, bounded memory",
        package="frictionless",
        most_rows=100_000,
    ),
    Contender(
        name="polars_frame",
        title="polars",
        leaves_out="what is wrong with a row and on which line, byte ranges, bounded memory",
        package="polars",
    ),
    Contender(
        name="duckdb_query",
        title="duckdb",
        leaves_out="what is wrong with a row and on which line, byte ranges, bounded memory",
        package="duckdb",
    ),
    Contender(name=OURS, title="ours", leaves_out="nothing"),
)


class DisagreementError(Exception):
    """Two contenders validated the same bytes differently: the comparison is void."""


def run(contender: str, path: Path, *, most_memory: int | None = None) -> Run:
    """Validate a file once, in a process of its own, on one core, with no more address space than so many bytes.

    Raises:
        ChildError: the contender failed.
    """
    limits = [] if most_memory is None else [str(most_memory)]
    return Run.from_json(run_child("benchmarks.parts.validate_once", contender, str(path), *limits))


def check_agreement(outcomes: Sequence[tuple[str, Outcome]]) -> None:
    """See that all who validated the same good report say the same.

    Raises:
        DisagreementError: they do not; the text says who said what.
    """
    for name, outcome in outcomes:
        for other_name, other in outcomes:
            if not _agree(outcome, other):
                raise DisagreementError(f"{name} and {other_name} disagree: {outcome} and {other}")


def _agree(one: Outcome, other: Outcome) -> bool:
    return (
        one.rows == other.rows
        and (one.wrong is None or other.wrong is None or one.wrong == other.wrong)
        and (one.totals is None or other.totals is None or _exact(one.totals) == _exact(other.totals))
    )


def _exact(totals: dict[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(total) for currency, total in totals.items()}
