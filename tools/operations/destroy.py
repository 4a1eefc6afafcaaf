"""`./dev destroy`: destroys what is deployed of an environment; neither protected data nor the account's state."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.options import STATE_STACK, Options, choose, parse
from tools.operations.command import Ask, run
from tools.operations.state.states import NOTHING, NoBucketError, State, read_state
from tools.terminal import Terminal

_WAY_OUT = (
    "This environment keeps its data (protect_data = true in its file in environments/).\n"
    "If the data is really to go: set protect_data = false, deploy (./dev deploy), then destroy."
)


class Destroyer(Protocol):
    """What it needs of cdktf; see `tools.operations.cdktf.cli.Cdktf`."""

    def synth(self) -> list[Stack]:
        """Write the stacks."""
        ...

    def deploy(self, stack: str, tell: Callable[[str], None]) -> None:
        """Deploy one stack."""
        ...

    def destroy(self, stack: str, tell: Callable[[str], None]) -> None:
        """Destroy one stack."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Destroy the stacks of the environment that `ENVIRONMENT_SUFFIX` names."""
    text = "Destroy the environment's stacks, or those named, with all that they hold; never the account's state."
    return run("destroy", parse("destroy", text, arguments, asks=True), destroy)


def destroy(
    options: Options, cdktf: Destroyer, out: Terminal, ask: Ask, *, read: Callable[[Stack], State] = read_state
) -> None:
    """Destroy the chosen stacks that are deployed, each before those that it depends on.

    Terraform destroys what its state knows. Where something of ours exists that no state knows, because a deploy was
    killed or a state was lost, the stacks are deployed first, which takes it in.

    Raises:
        ToolError: something that was chosen must not go, or cdktf failed.
    """
    if STATE_STACK in options.stacks:
        raise ToolError(
            f"{STATE_STACK} holds the state of every environment of the account: it is not destroyed here. "
            "How it is done when the account is given up: docs/bootstrap.md"
        )
    with out.step("Packaging the functions, synthesizing the stacks"):
        stacks = [each for each in cdktf.synth() if each.id != STATE_STACK]
    chosen = choose(stacks, options.stacks)
    states = {each.id: _state(each, read) for each in stacks}
    incomplete = _up_to_last(chosen, lambda each: bool(_unknown(each, states)))
    doomed = [each for each in chosen if each in incomplete or states[each.id].resources]
    _refuse_what_others_need(chosen, [each for each in stacks if states[each.id].resources or _unknown(each, states)])
    _refuse_what_is_protected(doomed, states)
    for stack in reversed(chosen):
        out.say(_standing(stack, states))
    if not doomed:
        out.say("Nothing to destroy.")
    elif not options.approved and not ask("Destroy all of these, with the data that they hold?"):
        out.say("Nothing was destroyed.")
    else:
        _destroy(doomed, incomplete, cdktf, out)


def _destroy(doomed: Sequence[Stack], incomplete: Sequence[Stack], cdktf: Destroyer, out: Terminal) -> None:
    for stack in incomplete:
        with out.step(f"Deploying {stack.id}, to take in what its state does not know") as tell:
            cdktf.deploy(stack.id, tell)
    for stack in reversed(doomed):
        with out.step(f"Destroying {stack.id}") as tell:
            cdktf.destroy(stack.id, tell)


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


def _standing(stack: Stack, states: Mapping[str, State]) -> str:
    text = f"{stack.id}: {len(states[stack.id].resources) or 'no'} resources are deployed"
    count = len(_unknown(stack, states))
    verb = "is" if count == 1 else "are"
    return f"{text}, and {count} {verb} ours that its state does not know" if count else text


def _refuse_what_others_need(chosen: Sequence[Stack], deployed: Sequence[Stack]) -> None:
    ids = {each.id for each in chosen}
    users = [each.id for each in deployed if each.id not in ids and each.dependencies & ids]
    if users:
        raise ToolError(f"{', '.join(users)} would be left without what it depends on. Destroy it, too, or before.")


def _refuse_what_is_protected(doomed: Sequence[Stack], states: Mapping[str, State]) -> None:
    """Refuse before Terraform is started: it would stop half-way, with a message that names no way."""
    kept = [f"  {each.id}: {name}" for each in doomed for name in sorted({*each.protected, *states[each.id].protected})]
    if kept:
        raise ToolError("\n".join(["Nothing was destroyed, for these refuse it:", *kept, _WAY_OUT]))


if __name__ == "__main__":
    sys.exit(main())
