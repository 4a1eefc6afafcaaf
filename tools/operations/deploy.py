"""`./dev deploy`: deploys stack by stack; shows each plan and asks first, or deploys what was approved."""

import contextlib
import sys
from collections.abc import Callable, Sequence

from tools.errors import ToolError
from tools.operations.approval import Approval, read_approval
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver, Plan
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import Ask, ask, exit_code, open_driver
from tools.operations.state.states import NoBucketError, State, read_state
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Deploy the environment's stacks, or those named, in order of dependency."
    options = parse("deploy", text, arguments, asks=True, approval="reads")
    return exit_code(lambda: deploy(options, open_driver("deploy", options.output), Terminal.of_stdout(), ask))


def deploy(
    options: Options, driver: Driver, out: Terminal, confirm: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Deploy the chosen stacks, each after those that it depends on.

    Raises:
        ToolError: a plan is not the approved one; or AWS cannot be asked, cdktf or Terraform failed: then the stacks
            before stay deployed, and the next run continues from here.
    """
    approval = read_approval(options.approval, driver.suffix) if options.approval else None
    with out.step("Packaging the functions, synthesizing the stacks") as show:
        stacks = driver.synth(show)
    chosen = choose(stacks, options.stacks)
    for stack in stacks:  # without credentials, stop here: Terraform would download its provider first
        with contextlib.suppress(NoBucketError):
            read(stack)
    if approval:
        _deploy_approved(chosen, approval, driver, out)
    elif not _deploy(chosen, driver, out, None if options.approved else confirm):
        return
    for stack in chosen:
        outputs = read(stack).outputs
        out.say(*[f"{name} = {value}" for name, value in sorted(outputs.items()) if value is not None])


def _deploy(chosen: Sequence[Stack], driver: Driver, out: Terminal, confirm: Ask | None) -> bool:
    """Plan and apply one stack after the other; False if the answer to a question was no."""
    for stack in chosen:
        plan = _plan(stack, driver, out)
        if plan.changes and confirm:
            out.say(*driver.describe(plan, driver.changes(plan)))
            if not confirm(f"Deploy {stack.id} as planned?"):
                out.say(f"{stack.id} was not deployed, nor were the stacks after it.")
                return False
        _apply(plan, driver, out)
    return True


def _deploy_approved(chosen: Sequence[Stack], approval: Approval, driver: Driver, out: Terminal) -> None:
    """Plan all that has been planned for the approval, before the first of them is applied."""
    plans = {stack.id: _plan(stack, driver, out) for stack in chosen if stack.id not in approval.waiting}
    differing = [id_ for id_, plan in plans.items() if not _is_approved(plan, approval, driver)]
    if differing:
        raise ToolError(
            f"The plan of {', '.join(differing)} is not the one that was approved: settings, code or AWS have changed. "
            "Nothing was deployed. Plan and approve again: ./dev diff --digests FILE (GitHub: re-run the job `plan`)."
        )
    for stack in chosen:
        plan = plans.get(stack.id)
        if plan is None:
            out.say(f"{stack.id}: approved without its plan: {approval.waiting[stack.id]}.")
            plan = _plan(stack, driver, out)
        _apply(plan, driver, out)


def _is_approved(plan: Plan, approval: Approval, driver: Driver) -> bool:
    # Without changes, an earlier run of the same deploy has applied it.
    return not plan.changes or driver.changes(plan).digest == approval.digests.get(plan.stack.id)


def _plan(stack: Stack, driver: Driver, out: Terminal) -> Plan:
    with out.step(f"Planning {stack.id}") as show:
        return driver.plan(stack, show)


def _apply(plan: Plan, driver: Driver, out: Terminal) -> None:
    if not plan.changes:
        out.say(f"{plan.stack.id}: no changes.")
        return
    with out.step(f"Deploying {plan.stack.id}") as show:
        driver.apply(plan, show)


if __name__ == "__main__":
    sys.exit(main())
