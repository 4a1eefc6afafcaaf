"""`./dev destroy`: destroys what is deployed of an environment; neither protected data nor the account's state."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver
from tools.operations.cdktf.options import STATE_STACK, Options, choose, parse
from tools.operations.command import Ask, ask, exit_code, open_driver
from tools.operations.state.states import NOTHING, NoBucketError, State, read_state
from tools.terminal import Terminal

_WAY_OUT: Final = (
    "This environment keeps its data, API and keys (protect_data = true in its file in environments/).\n"
    "To destroy them as well: set protect_data = false, deploy (./dev deploy), then destroy."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Destroy the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Destroy the environment's stacks, or those named, with all that they hold; never the account's state."
    options = parse("destroy", text, arguments, asks=True)
    return exit_code(lambda: destroy(options, open_driver("destroy", options.output), Terminal.of_stdout(), ask))


def destroy(
    options: Options, driver: Driver, out: Terminal, confirm: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Destroy the chosen stacks that are deployed, each before those that it depends on.

    Terraform destroys what its state knows. Where a resource of ours is in no state, because a deploy was killed or a
    state was lost, the stacks are deployed first, which imports it.

    Raises:
        ToolError: something that was chosen is protected or needed, AWS cannot be asked, cdktf or Terraform failed.
    """
    if STATE_STACK in options.stacks:
        raise ToolError(
            f"{STATE_STACK} holds the state of every environment of the account: it is not destroyed here. "
            "How to destroy it when the account is given up: docs/bootstrap.md"
        )
    with out.step("Packaging the functions, synthesizing the stacks") as show:
        stacks = [each for each in driver.synth(show) if each.id != STATE_STACK]
    chosen = choose(stacks, options.stacks)
    states = {each.id: _state(each, read) for each in stacks}
    incomplete = _up_to_last(chosen, lambda each: bool(_unknown(each, states)))
    targets = [each for each in chosen if each in incomplete or states[each.id].resources]
    _require_unneeded(chosen, [each for each in stacks if states[each.id].resources or _unknown(each, states)])
    _require_unprotected(targets, states)
    for stack in reversed(chosen):
        out.say(_summary(stack, states))
    if not targets:
        out.say("Nothing to destroy.")
    elif not options.approved and not confirm("Destroy all of these, with the data that they hold?"):
        out.say("Nothing was destroyed.")
    else:
        _destroy(targets, incomplete, driver, out)


def _destroy(targets: Sequence[Stack], incomplete: Sequence[Stack], driver: Driver, out: Terminal) -> None:
    for stack in incomplete:
        with out.step(f"Deploying {stack.id}, to import what its state does not know") as show:
            driver.deploy(stack, show)
    for stack in reversed(targets):
        with out.step(f"Destroying {stack.id}") as show:
            driver.destroy(stack, show)


def _state(stack: Stack, read: Callable[[Stack], State]) -> State:
    try:
        return read(stack)
    except NoBucketError:
        return NOTHING


def _unknown(stack: Stack, states: Mapping[str, State]) -> frozenset[str]:
    """Addresses of what exists and is ours, but is not in the stack's state."""
    return stack.existing - states[stack.id].resources


def _up_to_last(stacks: Sequence[Stack], meets: Callable[[Stack], bool]) -> list[Stack]:
    """The stacks up to the last one that meets a condition: each needs those before it."""
    count = max((number for number, each in enumerate(stacks, start=1) if meets(each)), default=0)
    return list(stacks[:count])


def _summary(stack: Stack, states: Mapping[str, State]) -> str:
    text = f"{stack.id}: {len(states[stack.id].resources) or 'no'} resources are deployed"
    count = len(_unknown(stack, states))
    verb = "is" if count == 1 else "are"
    return f"{text}, and {count} {verb} ours that its state does not know" if count else text


def _require_unneeded(chosen: Sequence[Stack], deployed: Sequence[Stack]) -> None:
    ids = {each.id for each in chosen}
    users = [each.id for each in deployed if each.id not in ids and each.dependencies & ids]
    if users:
        raise ToolError(
            f"Nothing was destroyed: {', '.join(users)} would lose what it depends on. Destroy it first, or together."
        )


def _require_unprotected(targets: Sequence[Stack], states: Mapping[str, State]) -> None:
    """Check before Terraform is started: it would stop half-way, with a message that names no way out."""
    kept = [
        f"  {each.id}: {name}" for each in targets for name in sorted({*each.protected, *states[each.id].protected})
    ]
    if kept:
        raise ToolError("\n".join(["Nothing was destroyed. These are protected:", *kept, _WAY_OUT]))


if __name__ == "__main__":
    sys.exit(main())
