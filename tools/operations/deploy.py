"""`./dev deploy`: deploys stack by stack; on a terminal it shows each plan and asks first."""

import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import Ask, run
from tools.operations.state.states import State, read_state
from tools.terminal import Terminal


class Deployer(Protocol):
    """What it needs of cdktf; see `tools.operations.cdktf.cli.Cdktf`."""

    def synth(self) -> list[Stack]:
        """Write the stacks."""
        ...

    def diff(self, stack: str) -> list[str]:
        """Plan one stack."""
        ...

    def deploy(self, stack: str, tell: Callable[[str], None]) -> None:
        """Deploy one stack."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Deploy the environment's stacks, or those named, in order of dependency."
    return run("deploy", parse("deploy", text, arguments, asks=True), deploy)


def deploy(
    options: Options, cdktf: Deployer, out: Terminal, ask: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Deploy the chosen stacks, each after those that it depends on.

    Raises:
        ToolError: cdktf failed; the stacks before stay deployed, and the next run goes on from here.
    """
    with out.step("Packaging the functions, synthesizing the stacks"):
        chosen = choose(cdktf.synth(), options.stacks)
    for stack in chosen:
        if not options.approved and not _agreed(stack, cdktf, out, ask):
            out.say(f"{stack.id}: not deployed, nor what comes after it.")
            return
        with out.step(f"Deploying {stack.id}") as tell:
            cdktf.deploy(stack.id, tell)
    for stack in chosen:
        _show_outputs(read(stack), out)


def _agreed(stack: Stack, cdktf: Deployer, out: Terminal, ask: Ask) -> bool:
    with out.step(f"Planning {stack.id}"):
        plan = cdktf.diff(stack.id)
    out.say("", *plan)
    return any(line.startswith("No changes.") for line in plan) or ask(f"Deploy {stack.id} as planned?")


def _show_outputs(state: State, out: Terminal) -> None:
    out.say(*[f"{name} = {value}" for name, value in sorted(state.outputs.items()) if value is not None])


if __name__ == "__main__":
    sys.exit(main())
