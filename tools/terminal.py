"""The terminal: steps with live progress where somebody looks on, plain lines where nobody does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

_PLAIN_WIDTH: Final = 140
"""Columns for tables in a log file, where nothing says how wide a line may be."""


class Screen:
    """What the demo prints; without a terminal there are no control codes and no repeated lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal

    def say(self, *lines: str) -> None:
        """Print lines as they are: never wrapped, so that a command can be copied."""
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def show(self, table: RenderableType) -> None:
        """Print a table, with an empty line before it."""
        self._console.print()
        self._console.print(table)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Print a step's beginning and, if it succeeds, its end with its time; yields what shows how far it is."""
        began = time.monotonic()
        if not self._live:
            self.say(f"{title} ...")
            yield lambda _: None
        else:
            with self._console.status(Text(title)) as status:
                yield lambda detail: status.update(Text(f"{title}: {detail}"))
        self.say(f"{title}: done ({time.monotonic() - began:.1f} s)")

    @contextmanager
    def live(self, render: Callable[[], RenderableType]) -> Iterator[Callable[[str], None]]:
        """Keep a rendering up to date; yields what says that it has changed, with the change as a line."""
        if not self._live:
            yield self.say
            return
        with Live(render(), console=self._console, transient=True) as live:
            yield lambda _: live.update(render(), refresh=True)


def screen() -> Screen:
    """The process's standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PLAIN_WIDTH)
    return Screen(console)
