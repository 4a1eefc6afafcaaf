"""`./dev runtime`: warns 180 days before AWS ends the Python of the functions."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from shared.infra.runtime import ENDS, READ_ON, RUNTIME, SOURCE
from tools.audits.findings import Audit, Finding, Outcome, finish, parser

_NOTICE: Final = timedelta(days=180)
_TABLE_LASTS: Final = timedelta(days=365)


def main(arguments: Sequence[str] | None = None) -> int:
    """Report for today; the exit code."""
    values = parser(Audit.RUNTIME, "Warn before AWS ends the Python of the functions.").parse_args(arguments)
    outcome = Outcome(findings=list(findings(RUNTIME, datetime.now(UTC).date())))
    return finish(Audit.RUNTIME, outcome, require_all=values.require_all)


def findings(runtime: str, today: date) -> Iterator[Finding]:
    """What has to be done about a runtime by a day."""
    table = "shared/infra/runtime.py"
    if today > READ_ON + _TABLE_LASTS:
        yield Finding(id="TABLE", where=table, text=f"its dates were read on {READ_ON}. Read them again: {SOURCE}")
    if runtime not in ENDS:
        yield Finding(id="RUNTIME", where=runtime, text=f"{table} does not say when AWS ends it. Look it up: {SOURCE}")
    elif today >= ENDS[runtime].deprecated - _NOTICE:
        end = ENDS[runtime]
        yield Finding(
            id="RUNTIME",
            where=runtime,
            text=f"deprecated from {end.deprecated}, no new functions from {end.no_new_functions}, no updates from "
            f"{end.no_updates}. Choose a later one in {table}; all tests pass with those that checks.yml names.",
        )


if __name__ == "__main__":
    sys.exit(main())
