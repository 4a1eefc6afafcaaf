"""Standard output: live progress in a terminal, plain lines in a file or pipe."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

_PLAIN_WIDTH: Final = 140
"""Width of tables in a file or pipe, which has no width of its own."""


class Terminal:
    """Prints lines, tables and progress; without a terminal there are no control codes and no repeated lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self.times: list[tuple[str, float]] = []
        """Title of each step that has succeeded, and how many seconds it took."""

    @classmethod
    def of_stdout(cls) -> Self:
        """The process's standard output."""
        console = Console(highlight=False)
        return cls(console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH))

    def say(self, *lines: str) -> None:
        """Print lines unchanged and never wrapped, so that a command can be copied."""
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def show(self, table: RenderableType) -> None:
        """Print a table after an empty line."""
        self._console.print()
        self._console.print(table)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Print when a step begins and, if it succeeds, how long it took; yields a function that shows its progress."""
        with self.timed(title):
            if not self._live:
                self.say(f"{title} ...")
                yield lambda _: None
            else:
                with self._console.status(Text(title)) as status:
                    yield lambda detail: status.update(Text(f"{title}: {detail}"))
        self.say(f"{title}: done ({self.times[-1][1]:.1f} s)")

    @contextmanager
    def timed(self, title: str) -> Iterator[None]:
        """Add to the times how long something took that shows its own progress."""
        began = time.monotonic()
        yield
        self.times.append((title, time.monotonic() - began))

    @contextmanager
    def live(self, render: Callable[[], RenderableType]) -> Iterator[Callable[[str], None]]:
        """Keep a rendering up to date; yields a function to call with each change, described in a line.

        Without a terminal, the line is printed, unless it is the same as the last one.
        """
        if not self._live:
            said = ""

            def say(line: str) -> None:
                nonlocal said
                if line != said:
                    self.say(line)
                said = line

            yield say
            return
        with Live(render(), console=self._console, transient=True) as live:
            yield lambda _: live.update(render(), refresh=True)
