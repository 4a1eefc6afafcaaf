"""The table agrees with the schemas and the service models."""

from collections.abc import Iterator
from typing import Any

import pytest

from terraform_provider.mapping import find_members
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition, input_shape, patched_shape
from terraform_provider.schema import Block, load_schemas
from terraform_provider.session import service_model
from terraform_provider.spec import EVERYTHING, Call, Read, Style, template_fields
from tests.unit.terraform_provider import fakes

TYPES = sorted(RESOURCE_TYPES)
SESSION_WORDS = {"region", "account", "partition"}


def _paths(block: Block, outer: str = "") -> Iterator[str]:
    for name in block.attributes:
        yield outer + name
    for name, nested in block.blocks.items():
        yield outer + name
        yield from _paths(nested.block, f"{outer}{name}.")


def _fields(templates: str | tuple[str, ...]) -> set[str]:
    return set().union(*map(template_fields, [templates] if isinstance(templates, str) else templates))


@pytest.fixture(params=TYPES)
def definition(request: pytest.FixtureRequest) -> Definition:
    return fakes.definition(request.param)


def test_every_type_has_a_schema() -> None:
    assert load_schemas().resources.keys() == RESOURCE_TYPES.keys()


def test_every_attribute_that_an_entry_names_is_in_the_schema(definition: Definition) -> None:
    kind, paths = definition.kind, set(_paths(definition.block))
    words = {*kind.unsent, *kind.kept, *kind.volatile, *kind.sensitive, *kind.defaults, *kind.derived}
    words |= set() if kind.replaced_by == EVERYTHING else set(kind.replaced_by)
    words |= {*kind.rules, *kind.cleared, *kind.created_with}
    for call in kind.calls:
        words |= {*(call.attributes or ()), *call.prepared}
    assert words <= paths


def test_every_name_that_differs_is_in_the_schema(definition: Definition) -> None:
    paths = set(_paths(definition.block))
    names = {*definition.kind.names, *(name for call in definition.kind.calls for name in call.names)}
    assert names <= paths


def test_every_operation_and_its_keys_belong_to_the_service(definition: Definition) -> None:
    model = service_model(definition.kind.service)
    known = {"id", *definition.block.attributes, *SESSION_WORDS}
    calls: list[Call | Read] = [*definition.kind.calls, definition.kind.delete, *definition.kind.reads]
    for call in calls:
        shape: Any = model.operation_model(call.name).input_shape
        assert {*call.keys, *call.constants} <= (set(shape.members) if shape else set())
        assert all(_fields(template) <= known for template in call.keys.values())


def test_every_attribute_that_a_call_names_has_a_member_in_its_request(definition: Definition) -> None:
    for call in definition.kind.calls:
        if call.style is Style.TEXT_MAP:
            continue
        shape = (patched_shape if call.style is Style.PATCH else input_shape)(definition.kind, call)
        for name in (call.attributes or frozenset()) - call.prepared:
            hooked = call.prepare is not None
            assert hooked or find_members(shape, name, definition.names(call)), f"{call.name}: {name}"


FIXED_ONCE_CREATED = {
    "aws_cloudwatch_log_group": {"deletion_protection_enabled", "kms_key_id"},
    "aws_lambda_function": {"code_signing_config_arn", "publish", "publish_to", "tenancy_config"},
    "aws_dynamodb_table": {"billing_mode"},
}
"""Attributes that create sends and no update does: the apply refuses to change them."""


@pytest.mark.parametrize("type_name", TYPES)
def test_every_attribute_that_is_sent_can_be_changed_or_replaces_the_resource(type_name: str) -> None:
    definition = fakes.definition(type_name)
    kind, block = definition.kind, definition.block
    changeable = {name for call in kind.changes for name in definition.sent_by(call)}
    fixed = {
        name
        for name in definition.sent_by(kind.create) - changeable - kind.replaced_by - kind.unsent
        if _is_configurable(block, name)
    }
    assert fixed == FIXED_ONCE_CREATED.get(type_name, set()) or kind.replaced_by == EVERYTHING


def _is_configurable(block: Block, name: str) -> bool:
    attribute = block.attributes.get(name)
    return name in block.blocks or (attribute is not None and (attribute.optional or attribute.required))


def test_every_id_can_be_filled(definition: Definition) -> None:
    kind = definition.kind
    response: Any = service_model(kind.service).operation_model(kind.create.name).output_shape
    shown = set(_members(response)) if response else set()
    assert _fields(kind.id) <= {*definition.block.attributes, *shown}
    assert _fields(kind.import_id or "") <= {*definition.block.attributes}


def _members(shape: Any) -> Iterator[str]:
    for name, member in shape.members.items():
        yield name
        if member.type_name == "structure":
            yield from member.members
