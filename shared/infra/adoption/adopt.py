"""Writes an import block for every resource that exists already and is ours."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from cdktf import App, TerraformStack

from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Decision
from shared.infra.adoption.survey import Resolution, survey
from shared.infra.naming import SHARED
from shared.infra.settings.settings import Settings

_WAY_OUT: Final = (
    "Nothing was changed. If one of these is yours, add the tags Application and Environment shown as ours; otherwise "
    "delete or rename it, or choose another ENVIRONMENT_SUFFIX. `./dev doctor` shows all resources."
)


class AdoptionError(Exception):
    """Existing resources prevent a deploy; the message has all of them, and the way out."""


def adopt_existing(app: App, *, settings: Settings, aws: Aws | None, notice: Callable[[str], None]) -> None:
    """Let Terraform import what exists and is ours.

    Terraform ignores an import block once the resource is in its state, so this is for lost and interrupted states,
    and for the state-stack, whose state is a file on one machine.

    Args:
        app: has all its stacks, and has not been synthesized yet.
        settings: of the environment; without `adopt_existing`, only what belongs to the whole account is imported.
        aws: is asked; None if it cannot be.
        notice: takes a line for the user.

    Raises:
        AdoptionError: a resource of that name exists and is not ours, or more than one could be; or AWS did not say
            whether one exists of which a deploy could make a second.
    """
    if aws is None:
        return
    resolutions = survey(_adoptable(app, settings), aws)
    refused = [each for each in resolutions if each.ownership.decision is Decision.REFUSE]
    if refused:
        raise AdoptionError(refusal(refused))
    if doubled := [each for each in resolutions if each.ownership.needs]:
        raise AdoptionError(duplication(doubled))
    if missing := unanswered(resolutions):
        notice(f"Not adopted, because AWS did not answer whether they exist: {missing}.")
    _add_import_blocks(app, resolutions)


def contents(app: App) -> dict[str, Mapping[str, Any]]:
    """Content of each stack's `cdk.tf.json`, as it would be synthesized now, by the stack's id."""
    stacks = _stacks(app)
    for stack in stacks:  # as app.synth() does first: it turns references to other stacks into those stacks' outputs
        stack.prepare_stack()
    return {stack.node.id: stack.to_terraform() for stack in stacks}


def refusal(refused: Iterable[Resolution]) -> str:
    """Message with every resource that is refused."""
    lines = [
        f"  {each.title} {each.name} ({each.resource.stack}; ours: {each.resource.owner}) {each.ownership.reason}"
        for each in refused
    ]
    return "\n".join(["These resources exist already, and are not known to be ours:", *lines, _WAY_OUT])


def duplication(doubled: Iterable[Resolution]) -> str:
    """Message with every resource of which a deploy could make a second one, and the right that is missing."""
    lines = [
        f"  {each.title} {each.name} ({each.resource.stack}): {each.ownership.reason}; needs {each.ownership.needs}"
        for each in doubled
    ]
    return "\n".join(
        [
            "AWS did not answer whether these exist, and their names are not unique: a deploy could duplicate them.",
            *lines,
            "Nothing was changed. Give these credentials the rights, or try again if AWS was busy.",
        ]
    )


def unanswered(resolutions: Iterable[Resolution]) -> str:
    """Types about which AWS did not answer, with the reasons; empty if it answered about all."""
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
        id_ = stack.node.id  # once: it asks jsii
        blocks = [
            {"to": each.resource.address, "id": each.ownership.found.import_id}
            for each in resolutions
            if each.resource.stack == id_ and each.ownership.found
        ]
        if blocks:
            # What import_from() writes, without its `terraform version` for each resource, five seconds in all.
            stack.add_override("import", blocks)
