"""`./dev diff`: plans stack by stack; where a stack cannot be planned yet, it prints why instead of failing."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tools.operations.approval import Approval
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.changes import Changes
from tools.operations.cdktf.driver import Driver
from tools.operations.cdktf.options import Options, choose, parse
from tools.operations.command import exit_code, open_driver
from tools.operations.state.states import NoBucketError, State, read_state
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Show what a deploy of the environment's stacks, or of those named, would change."
    options = parse("diff", text, arguments, asks=False, approval="writes")
    return exit_code(lambda: diff(options, open_driver("diff", options.output), Terminal.of_stdout()))


def diff(options: Options, driver: Driver, out: Terminal, *, read: Callable[[Stack], State] = read_state) -> None:
    """Show the plan of each chosen stack whose dependencies have all outputs that it reads, as they will be.

    Raises:
        ToolError: AWS cannot be asked, cdktf or Terraform failed.
    """
    with out.step("Packaging the functions, synthesizing the stacks") as show:
        stacks = driver.synth(show)
    outputs, summary = _read_outputs(stacks, read), list[str]()
    approval = Approval(environment=driver.suffix)
    for stack in choose(stacks, options.stacks):
        reason = outputs.why_not_yet(stack)
        if reason:
            approval.waiting[stack.id] = reason
            outputs.lasting[stack.id] = frozenset()
            lines = [f"{stack.id}: cannot be planned yet: {reason}."]
        else:
            changes, text = _plan(stack, driver, out)
            approval.digests[stack.id] = changes.digest
            outputs.lasting[stack.id] -= changes.outputs
            lines = [f"{stack.id}:", *text]
        out.say("", *lines)
        summary += [*lines, ""]
    if options.summary:
        options.summary.write_text("\n".join(summary), encoding="utf-8")
    if options.approval:
        approval.write(options.approval)


def _plan(stack: Stack, driver: Driver, out: Terminal) -> tuple[Changes, list[str]]:
    with out.step(f"Planning {stack.id}") as show:
        plan = driver.plan(stack, show, lock=False)  # it is not applied
    changes = driver.changes(plan)
    return changes, driver.describe(plan, changes)


@dataclass(frozen=True, kw_only=True)
class _Outputs:
    """Names of the outputs that a stack can read while it is planned, by the stack that has them."""

    deployed: dict[str, frozenset[str]]
    lasting: dict[str, frozenset[str]]
    """Those whose value will be the same when the stack that reads it is deployed."""
    without_bucket: dict[str, str]
    """Stack -> why its state cannot be read."""

    def why_not_yet(self, stack: Stack) -> str | None:
        """Why a stack cannot be planned; None if it can be."""
        if stack.id in self.without_bucket:
            return self.without_bucket[stack.id]
        for readable, what in ((self.deployed, "are not deployed yet"), (self.lasting, "their deploy may change")):
            lacking = sorted(other for other, names in stack.reads.items() if names - readable[other])
            if lacking:
                return f"it reads outputs of {' and '.join(lacking)} that {what}"
        return None


def _read_outputs(stacks: Iterable[Stack], read: Callable[[Stack], State]) -> _Outputs:
    deployed, without_bucket = dict[str, frozenset[str]](), dict[str, str]()
    for stack in stacks:
        try:
            deployed[stack.id] = frozenset(read(stack).outputs)
        except NoBucketError as error:
            deployed[stack.id], without_bucket[stack.id] = frozenset(), str(error)
    return _Outputs(deployed=deployed, lasting=dict(deployed), without_bucket=without_bucket)


if __name__ == "__main__":
    sys.exit(main())
