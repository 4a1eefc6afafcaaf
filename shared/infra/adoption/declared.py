"""What the app declares, read from the stacks' Terraform JSON: resources, and the names that they will have.

Names are plain strings, but a part of another resource names that by reference: a method its API, a permission the
function of another stack. Such a reference is known once AWS has returned the other's ids.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.infra.adoption.ownership import Owner

Stacks = Mapping[str, Mapping[str, Any]]
"""Content of each stack's `cdk.tf.json`, by the stack's id."""

_REFERENCE: Final = re.compile(
    r"\$\{(?:data\.terraform_remote_state\.cross-stack-reference-input-(?P<stack>[\w-]+)\.outputs\.(?P<output>[\w-]+)"
    r"|(?P<address>aws_\w+\.[\w-]+)\.(?P<attribute>\w+))\}"
)
"""To a resource of the same stack, or to an output that cdktf made for another stack."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A resource that a stack declares."""

    stack: str
    address: str
    """As Terraform has it: `aws_sqs_queue.dead-letters_queue_0A1B2C3D`."""
    owner: Owner
    """Whose tags it will have."""
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Terraform's type: `aws_sqs_queue`."""
        return self.address.partition(".")[0]


Known = Mapping[tuple[str, str], Mapping[str, str]]
"""(stack, address) -> attributes of the resource that AWS has returned, by Terraform's names."""


def declared(stacks: Stacks) -> Iterator[Declared]:
    """Every AWS resource of the stacks."""
    for stack, content in stacks.items():
        owner = _owner(content)
        for type_, resources in content["resource"].items():
            for id_, body in resources.items():
                yield Declared(stack=stack, address=f"{type_}.{id_}", owner=owner, body=body)


def _owner(content: Mapping[str, Any]) -> Owner:
    (provider,) = content["provider"]["aws"]
    (default,) = provider["default_tags"]
    return Owner.of(default["tags"])


def resolve(text: object, *, stack: str, stacks: Stacks, known: Known) -> str | None:
    """Fill in the references of an attribute's value.

    Args:
        text: the value in the stack's JSON.
        stack: the stack that declares it.
        stacks: all stacks.
        known: what AWS has returned so far.

    Returns:
        The value; None if there is none, or it refers to something unknown so far.
    """
    if not isinstance(text, str):
        return None
    filled = _REFERENCE.sub(lambda found: _target(found, stack, stacks, known) or found[0], text)
    return None if "${" in filled else filled


def _target(found: re.Match[str], stack: str, stacks: Stacks, known: Known) -> str | None:
    if found["output"]:
        output = stacks.get(found["stack"], {}).get("output", {}).get(found["output"], {})
        return resolve(output.get("value"), stack=found["stack"], stacks=stacks, known=known)
    address, attribute = found["address"], found["attribute"]
    returned = known.get((stack, address), {})
    if attribute in returned:
        return returned[attribute]
    type_, _, id_ = address.partition(".")
    value = stacks[stack]["resource"].get(type_, {}).get(id_, {}).get(attribute)
    return resolve(value, stack=stack, stacks=stacks, known=known)
