"""Stacks, a driver and a screen for the tests of the commands for operators."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.changes import Changes
from tools.operations.cdktf.driver import Driver, Plan
from tools.operations.cdktf.options import Options
from tools.terminal import Terminal

BELOW: Mapping[str, tuple[str, ...]] = {
    "state-stack": (),
    "data-stack": ("state-stack",),
    "compute-stack": ("state-stack", "data-stack"),
    "api-stack": ("state-stack", "data-stack", "compute-stack"),
}


def stack(
    id_: str, *, protected: tuple[str, ...] = (), existing: frozenset[str] = frozenset(), folder: Path = Path("none")
) -> Stack:
    reads = {other: frozenset({f"{other}-name"}) for other in BELOW[id_] if other != "state-stack"}
    return Stack(
        id=id_,
        folder=folder,
        dependencies=frozenset(BELOW[id_]),
        reads=reads,
        backend={"local": {"path": "none"}},
        protected=protected,
        existing=existing,
    )


def options(*stacks: str, approved: bool = True, approval: Path | None = None, summary: Path | None = None) -> Options:
    return Options(stacks=stacks, approved=approved, output=Path("out"), approval=approval, summary=summary)


@dataclass(frozen=True, kw_only=True)
class FakeDriver(Driver):
    """Remembers what was asked of it; every plan is one new resource, unless nothing changes."""

    environ: Mapping[str, str] = field(default_factory=dict)
    output: Path = Path("out")
    log: Path = Path("log")
    protected: tuple[str, ...] = ()
    """Addresses of data-stack's protected resources."""
    existing: Mapping[str, str] = field(default_factory=dict)
    """Stack -> addresses of what exists."""
    unchanged: tuple[str, ...] = ()
    folder: Path = Path("none")
    digests: Mapping[str, str] = field(default_factory=dict)
    """Stack -> digest of its plan, by default its id."""
    changing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Stack -> names of the outputs that its plan changes."""
    calls: list[str] = field(default_factory=list)

    def synth(self, show: Callable[[str], None] = print) -> list[Stack]:
        show("starting cdktf")
        return [
            stack(
                id_,
                protected=self.protected if id_ == "data-stack" else (),
                existing=frozenset(self.existing.get(id_, "").split()),
                folder=self.folder,
            )
            for id_ in BELOW
        ]

    def plan(self, stack: Stack, show: Callable[[str], None] = print, *, lock: bool = True) -> Plan:
        assert lock or not any(each.startswith("apply") for each in self.calls)
        self.calls.append(f"plan {stack.id}")
        show("0 of 1 resources")
        return Plan(stack=stack, changes=stack.id not in self.unchanged, total=1)

    def changes(self, plan: Plan) -> Changes:
        id_ = plan.stack.id
        outputs = self.changing.get(id_, frozenset())
        digest = self.digests.get(id_, id_)
        return Changes(digest=digest, types=frozenset(), outputs=outputs, confidential=frozenset())

    def describe(self, plan: Plan, changes: Changes) -> list[str]:
        return changes.mask([f"Plan of {plan.stack.id}: 1 to add, 0 to change, 0 to destroy."])

    def apply(self, plan: Plan, show: Callable[[str], None] = print) -> None:
        self.calls.append(f"apply {plan.stack.id}")
        show("1 of 1 resources")

    def deploy(self, stack: Stack, show: Callable[[str], None] = print) -> None:
        self.calls.append(f"deploy {stack.id}")
        show("1 of 1 resources")

    def destroy(self, stack: Stack, show: Callable[[str], None] = print) -> None:
        self.calls.append(f"destroy {stack.id}")
        show("1 of 1 resources")


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
