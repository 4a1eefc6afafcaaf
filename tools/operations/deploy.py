"""`./dev deploy`: deploys stack by stack; on a terminal it shows each plan and asks first."""

import contextlib
import sys
from collections.abc import Callable, Sequence

from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import Ask, ask, exit_code, open_driver
from tools.operations.state.states import NoBucketError, State, read_state
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Deploy the environment's stacks, or those named, in order of dependency."
    options = parse("deploy", text, arguments, asks=True)
    return exit_code(lambda: deploy(options, open_driver("deploy", options.output), Terminal.of_stdout(), ask))


def deploy(
    options: Options, driver: Driver, out: Terminal, confirm: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Deploy the chosen stacks, each after those that it depends on.

    Raises:
        ToolError: AWS cannot be asked, cdktf or Terraform failed; the stacks before stay deployed, and the next run
            continues from here.
    """
    with out.step("Packaging the functions, synthesizing the stacks") as show:
        stacks = driver.synth(show)
    chosen = choose(stacks, options.stacks)
    for stack in stacks:  # without credentials, stop here: Terraform would download its provider first
        with contextlib.suppress(NoBucketError):
            read(stack)
    for stack in chosen:
        with out.step(f"Planning {stack.id}") as show:
            plan = driver.plan(stack, show)
        if not plan.changes:
            out.say(f"{stack.id}: no changes.")
            continue
        if not options.approved:
            out.say(*driver.describe(plan))
            if not confirm(f"Deploy {stack.id} as planned?"):
                out.say(f"{stack.id} was not deployed, nor were the stacks after it.")
                return
        with out.step(f"Deploying {stack.id}") as show:
            driver.apply(plan, show)
    for stack in chosen:
        outputs = read(stack).outputs
        out.say(*[f"{name} = {value}" for name, value in sorted(outputs.items()) if value is not None])


if __name__ == "__main__":
    sys.exit(main())
