"""The table says nothing that the schemas and the service models do not know."""

import string
from collections.abc import Iterator
from typing import Any

import pytest

from terraform_provider.mapping import find_members
from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition, input_shape, patched_shape
from terraform_provider.schema import Block, load_schemas
from terraform_provider.session import service_model
from terraform_provider.spec import EVERYTHING, Call, Read, ResourceType, Style

TYPES = sorted(RESOURCE_TYPES)
SESSION_WORDS = {"region", "account", "partition"}


def _paths(block: Block, outer: str = "") -> Iterator[str]:
    for name in block.attributes:
        yield outer + name
    for name, nested in block.blocks.items():
        yield outer + name
        yield from _paths(nested.block, f"{outer}{name}.")


def _calls(kind: ResourceType) -> Iterator[Call]:
    for call in (kind.create, *kind.updates, *kind.settings, *([kind.delete] if kind.delete else [])):
        yield call
        if call.when_unset:
            yield call.when_unset


def _fields(templates: Any) -> set[str]:
    given = [templates] if isinstance(templates, str) else list(templates)
    return {name for one in given for _, name, _, _ in string.Formatter().parse(one) if name}


@pytest.fixture(params=TYPES)
def definition(request: pytest.FixtureRequest) -> Definition:
    return Definition(kind=RESOURCE_TYPES[request.param], block=load_schemas().resources[request.param])


def test_every_word_about_attributes_is_of_the_schema(definition: Definition) -> None:
    kind, paths = definition.kind, set(_paths(definition.block))
    words = {*kind.unsent, *kind.kept, *kind.volatile, *kind.sensitive, *kind.forgotten, *kind.defaults, *kind.derived}
    words |= set() if kind.replaced_by == EVERYTHING else set(kind.replaced_by)
    for call in _calls(kind):
        words |= {*(call.attributes or ()), *call.prepared}
    assert words - {"expected_bucket_owner"} <= paths


def test_every_name_that_differs_is_of_the_schema(definition: Definition) -> None:
    paths = set(_paths(definition.block))
    names = {*definition.kind.names, *(name for call in _calls(definition.kind) for name in call.names)}
    assert names <= paths


def test_every_operation_and_its_keys_are_of_the_service(definition: Definition) -> None:
    model = service_model(definition.kind.service)
    known = {"id", *definition.block.attributes, *SESSION_WORDS}
    calls: list[Call | Read] = [*_calls(definition.kind), *definition.kind.reads]
    for call in calls:
        shape: Any = model.operation_model(call.name).input_shape
        assert {*call.keys, *call.constants} <= (set(shape.members) if shape else set())
        assert all(_fields(template) <= known for template in call.keys.values())


def test_every_attribute_that_a_call_names_has_a_place_in_its_request(definition: Definition) -> None:
    for call in _calls(definition.kind):
        if call.style is Style.TEXT_MAP:
            continue
        shape = (patched_shape if call.style is Style.PATCH else input_shape)(definition.kind, call)
        for name in (call.attributes or frozenset()) - call.prepared:
            hooked = call.prepare is not None
            assert hooked or find_members(shape, name, definition.names(call)), f"{call.name}: {name}"


FIXED_ONCE_MADE = {
    "aws_cloudwatch_log_group": {"deletion_protection_enabled", "kms_key_id"},
    "aws_lambda_function": {"code_signing_config_arn", "publish", "publish_to", "tenancy_config"},
    "aws_sns_topic": {"archive_policy", "fifo_throughput_scope"},
}
"""Attributes that create sends and no update: changing one is refused, with its name, when it is applied."""


@pytest.mark.parametrize("type_name", TYPES)
def test_every_attribute_that_is_sent_can_be_changed_or_replaces_the_resource(type_name: str) -> None:
    kind, block = RESOURCE_TYPES[type_name], load_schemas().resources[type_name]
    definition = Definition(kind=kind, block=block)
    changeable = {name for call in (*kind.updates, *kind.settings) for name in definition.sent_by(call)}
    fixed = {
        name
        for name in definition.sent_by(kind.create) - changeable - kind.replaced_by - kind.unsent
        if "." not in name and "_feedback_" not in name and _is_configurable(block, name)
    }
    assert fixed - {f"{kind.named}_prefix"} == FIXED_ONCE_MADE.get(type_name, set()) or kind.replaced_by == EVERYTHING


def _is_configurable(block: Block, name: str) -> bool:
    attribute = block.attributes.get(name)
    return name in block.blocks or (attribute is not None and (attribute.optional or attribute.required))


def test_every_id_can_be_made(definition: Definition) -> None:
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
