"""No stack declares a value that the local Terraform provider rejects; so its rules reject nothing that is right."""

from typing import Any

import pytest

from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition
from terraform_provider.schema import Block, load_schemas
from terraform_provider.validation import configuration_errors
from terraform_provider.values import UNKNOWN, fill
from tests.synth.synthesis import Resource, Synthesis


def _value(value: Any) -> Any:
    """A value as a plan has it: what refers to another resource is not known yet."""
    if isinstance(value, str):
        return UNKNOWN if "${" in value else value
    if isinstance(value, list):
        return [_value(item) for item in value]
    return {name: _value(item) for name, item in value.items()} if isinstance(value, dict) else value


def _configuration(block: Block, body: dict[str, Any]) -> dict[str, Any]:
    """A resource's body in Terraform's form: a single block is a list of one."""
    values = {name: _value(value) for name, value in body.items() if name in block.attributes}
    for name, nested in block.blocks.items():
        inner = body.get(name, [])  # an empty block is one, too
        values[name] = [_configuration(nested.block, item) for item in (inner if isinstance(inner, list) else [inner])]
    return values


def _rejected(resource: Resource, **changes: Any) -> list[str]:
    block = load_schemas().resources[resource.type]
    definition = Definition(kind=RESOURCE_TYPES[resource.type], block=block)
    errors = configuration_errors(definition, fill(block, _configuration(block, {**resource.body, **changes})))
    return [f"{resource.address}: {error.message}" for error in errors]


@pytest.mark.parametrize("name", ["dev", "prod", "local", "notified", "closed"])
def test_every_declared_value_is_accepted(name: str, request: pytest.FixtureRequest) -> None:
    synthesis: Synthesis = request.getfixturevalue(name)
    known = [resource for resource in synthesis.all() if resource.type in RESOURCE_TYPES]
    assert len(known) > len(RESOURCE_TYPES)
    assert not [message for resource in known for message in _rejected(resource)]


def test_a_wrong_value_in_a_stack_is_found(local: Synthesis) -> None:
    queue = local.of("aws_sqs_queue")[0]
    (message,) = _rejected(queue, visibility_timeout_seconds=43_201)
    assert message == f"{queue.address}: expected visibility_timeout_seconds to be 0 to 43200; got 43201"
