"""Stacks, a cdktf and a screen for the tests of the commands for operators."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.options import Options
from tools.terminal import Terminal

BELOW: Mapping[str, tuple[str, ...]] = {
    "state-stack": (),
    "data-stack": ("state-stack",),
    "compute-stack": ("state-stack", "data-stack"),
    "api-stack": ("state-stack", "data-stack", "compute-stack"),
}


def stack(id_: str, *, protected: tuple[str, ...] = (), existing: frozenset[str] = frozenset()) -> Stack:
    reads = {other: frozenset({f"{other}-name"}) for other in BELOW[id_] if other != "state-stack"}
    return Stack(
        id=id_,
        folder=Path(id_),
        dependencies=frozenset(BELOW[id_]),
        reads=reads,
        backend={"local": {"path": "none"}},
        protected=protected,
        existing=existing,
    )


def options(*stacks: str, approved: bool = True) -> Options:
    return Options(stacks=stacks, approved=approved, output=Path("out"))


class FakeCdktf:
    """Remembers what was asked of it; every plan is one new resource."""

    def __init__(self, *, protected: tuple[str, ...] = (), existing: Mapping[str, str] | None = None) -> None:
        """What is protected is data-stack's; what exists is given by stack."""
        self.calls: list[str] = []
        self._stacks = [
            stack(
                id_,
                protected=protected if id_ == "data-stack" else (),
                existing=frozenset((existing or {}).get(id_, "").split()),
            )
            for id_ in BELOW
        ]

    def synth(self) -> list[Stack]:
        return self._stacks

    def diff(self, stack: str) -> list[str]:
        self.calls.append(f"diff {stack}")
        return ["Plan: 1 to add, 0 to change, 0 to destroy."]

    def deploy(self, stack: str, tell: Callable[[str], None]) -> None:
        self.calls.append(f"deploy {stack}")
        tell(f"{stack}: 1 of 1 resources")

    def destroy(self, stack: str, tell: Callable[[str], None]) -> None:
        self.calls.append(f"destroy {stack}")
        tell(f"{stack}: 1 of 1 resources")


class Paper:
    """A screen whose text can be read."""

    def __init__(self) -> None:
        self._file = io.StringIO()
        self.screen = Terminal(Console(file=self._file, width=200))

    @property
    def text(self) -> str:
        return self._file.getvalue()


def never(question: str) -> bool:
    raise AssertionError(question)


def no(_question: str) -> bool:
    return False


def yes(_question: str) -> bool:
    return True
