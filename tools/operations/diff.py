"""`./dev diff`: plans stack by stack; where a stack cannot be planned yet, it prints why instead of failing."""

import sys
from collections.abc import Callable, Mapping, Sequence

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import exit_code, open_driver
from tools.operations.state.states import NOTHING, NoBucketError, State, read_state
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Show what a deploy of the environment's stacks, or of those named, would change."
    options = parse("diff", text, arguments, asks=False)
    return exit_code(lambda: diff(options, open_driver("diff", options.output), Terminal.of_stdout()))


def diff(options: Options, driver: Driver, out: Terminal, *, read: Callable[[Stack], State] = read_state) -> None:
    """Show the plan of each chosen stack whose dependencies have all outputs that it reads.

    Raises:
        ToolError: AWS cannot be asked, cdktf or Terraform failed.
    """
    with out.step("Packaging the functions, synthesizing the stacks") as show:
        stacks = driver.synth(show)
    states, without_bucket = dict[str, State](), dict[str, str]()
    for stack in stacks:
        try:
            states[stack.id] = read(stack)
        except NoBucketError as error:
            states[stack.id], without_bucket[stack.id] = NOTHING, str(error)
    for stack in choose(stacks, options.stacks):
        reason = without_bucket.get(stack.id) or _why_not_yet(stack, states)
        if reason:
            out.say("", f"{stack.id}: cannot be planned yet: {reason}.")
            continue
        with out.step(f"Planning {stack.id}") as show:
            plan = driver.plan(stack, show)
        out.say("", f"{stack.id}:", *driver.describe(plan))


def _why_not_yet(stack: Stack, states: Mapping[str, State]) -> str | None:
    """Why a stack cannot be planned: which others lack an output that it reads; None if it can be."""
    lacking = sorted(other for other, names in stack.reads.items() if names - states[other].outputs.keys())
    if not lacking:
        return None
    return f"it reads outputs of {' and '.join(lacking)} that are not deployed yet"


if __name__ == "__main__":
    sys.exit(main())
