"""`./dev diff`: plans stack by stack, and tells which stacks cannot be planned yet instead of failing."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import Ask, run
from tools.operations.state.states import NOTHING, NoBucketError, State, read_state
from tools.terminal import Terminal


class Planner(Protocol):
    """What it needs of cdktf; see `tools.operations.cdktf.cli.Cdktf`."""

    def synth(self) -> list[Stack]:
        """Write the stacks."""
        ...

    def diff(self, stack: str) -> list[str]:
        """Plan one stack."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Show what a deploy of the environment's stacks, or of those named, would change."
    return run("diff", parse("diff", text, arguments, asks=False), diff)


def diff(
    options: Options, cdktf: Planner, out: Terminal, _ask: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Show the plan of each chosen stack whose dependencies have all that it reads.

    Raises:
        ToolError: cdktf failed.
    """
    with out.step("Packaging the functions, synthesizing the stacks"):
        stacks = cdktf.synth()
    states, homeless = dict[str, State](), dict[str, str]()
    for stack in stacks:
        try:
            states[stack.id] = read(stack)
        except NoBucketError as error:
            states[stack.id], homeless[stack.id] = NOTHING, str(error)
    for stack in choose(stacks, options.stacks):
        reason = homeless.get(stack.id) or why_not_yet(stack, states)
        if reason:
            out.say("", f"{stack.id}: cannot be planned yet: {reason}.")
            continue
        with out.step(f"Planning {stack.id}"):
            plan = cdktf.diff(stack.id)
        out.say("", f"{stack.id}:", *plan)


def why_not_yet(stack: Stack, states: Mapping[str, State]) -> str | None:
    """Why a stack cannot be planned: which others do not give out yet what it reads; None if it can be."""
    lacking = sorted(other for other, names in stack.reads.items() if names - states[other].outputs.keys())
    if not lacking:
        return None
    return f"it reads what {' and '.join(lacking)} will give out once deployed as synthesized now"


if __name__ == "__main__":
    sys.exit(main())
