"""Runs uploads again while a table shows how far each is."""

from collections.abc import Callable, Sequence
from typing import Protocol

from rich.table import Table

from tools.operations.uploads.deployed import INTERRUPTED
from tools.terminal import Terminal


class Run(Protocol):
    """What is run."""

    @property
    def ok(self) -> bool:
        """Whether it has ended well."""
        ...


def run_shown(
    out: Terminal,
    chosen: Sequence[Run],
    *,
    run: Callable[[Callable[[str], None]], None],
    table: Callable[[], Table],
    interrupted: str,
) -> int:
    """Run uploads again, and say how they ended.

    Args:
        out: for the user.
        chosen: what is run.
        run: runs it; it is given a function to call with each change, described in a line.
        table: as it is now.
        interrupted: what becomes of the others after Ctrl-C.

    Returns:
        The exit code.
    """
    try:
        with out.live(table) as changed:
            run(changed)
    except KeyboardInterrupt:
        out.show(table())
        out.say("", f"Interrupted. What was started goes on by itself{interrupted}")
        return INTERRUPTED
    out.show(table())
    failed = sum(not each.ok for each in chosen)
    out.say("", f"{len(chosen)} run, {failed} of them failed or did not end." if failed else f"{len(chosen)} run.")
    return 1 if failed else 0
