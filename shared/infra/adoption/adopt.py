"""Gives Terraform an import block for everything that exists already and is ours."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cdktf import App, TerraformStack

from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Decision
from shared.infra.adoption.survey import Resolution, survey
from shared.infra.naming import SHARED
from shared.infra.settings.settings import Settings

_WAY_OUT: Final = (
    "Nothing was changed. If one of these is yours, give it the tags Application and Environment that ours carry; "
    "else delete or rename it, or choose another ENVIRONMENT_SUFFIX. `./dev doctor` shows them all."
)


class AdoptionError(Exception):
    """What exists keeps the app from being deployed; the message names all of it, and the way out."""


def adopt_existing(app: App, *, settings: Settings, aws: Aws | None, notice: Callable[[str], None]) -> None:
    """Let Terraform take in what exists and is ours.

    Terraform ignores an import block once the resource is in its state, so this is for lost and interrupted states,
    and for the state-stack, whose state lies on one machine only.

    Args:
        app: has all its stacks, and has not been synthesized yet.
        settings: of the environment; without `adopt_existing`, what belongs to the whole account is taken in only.
        aws: is asked; None if there is nobody to ask.
        notice: takes a line for the user.

    Raises:
        AdoptionError: something exists under a name of ours and is not ours, or it is not clear which one is.
    """
    if aws is None:
        return
    resolutions = survey(_adoptable(app, settings), aws)
    refused = [each for each in resolutions if each.ownership.decision is Decision.REFUSE]
    if refused:
        raise AdoptionError(refusal(refused))
    if silence := unanswered(resolutions):
        notice(f"Not adopted, because AWS did not say whether it exists: {silence}.")
    _add_import_blocks(app, resolutions)


def contents(app: App) -> dict[str, Mapping[str, Any]]:
    """Content of each stack's `cdk.tf.json`, as it would be synthesized now, by the stack's id."""
    stacks = _stacks(app)
    for stack in stacks:  # as app.synth() begins: it turns references to other stacks into those stacks' outputs
        stack.prepare_stack()
    return {stack.node.id: stack.to_terraform() for stack in stacks}


def refusal(refused: Iterable[Resolution]) -> str:
    """Everything that is refused, in one text for people."""
    lines = [
        f"  {each.title} {each.name} ({each.resource.stack}; ours: {each.resource.owner}) {each.ownership.reason}"
        for each in refused
    ]
    return "\n".join(["These exist already, and may not be ours:", *lines, _WAY_OUT])


def unanswered(resolutions: Iterable[Resolution]) -> str:
    """Kinds of which AWS did not say whether they exist, with its reasons; empty if it said so of all."""
    reasons: dict[str, set[str]] = {}
    for each in resolutions:
        if each.ownership.decision is Decision.UNKNOWN:
            reasons.setdefault(each.ownership.reason, set()).add(each.title)
    return "; ".join(f"{', '.join(sorted(titles))} ({reason})" for reason, titles in sorted(reasons.items()))


def _stacks(app: App) -> list[TerraformStack]:
    return [each for each in app.node.children if isinstance(each, TerraformStack)]


def _adoptable(app: App, settings: Settings) -> dict[str, Mapping[str, Any]]:
    """The stacks whose resources may be adopted."""
    return {
        stack: content
        for stack, content in contents(app).items()
        if settings.adopt_existing or _environment(content) == SHARED
    }


def _environment(content: Mapping[str, Any]) -> str:
    (provider,) = content["provider"]["aws"]
    (default,) = provider["default_tags"]
    return str(default["tags"]["Environment"])


def _add_import_blocks(app: App, resolutions: Iterable[Resolution]) -> None:
    for stack in _stacks(app):
        blocks = [
            {"to": each.resource.address, "id": each.ownership.found.import_id}
            for each in resolutions
            if each.resource.stack == stack.node.id and each.ownership.found
        ]
        if blocks:
            # What import_from() would write; but that runs `terraform version` for each resource, five seconds in all.
            stack.add_override("import", blocks)
