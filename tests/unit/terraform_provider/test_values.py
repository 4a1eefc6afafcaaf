"""Terraform's values on the wire, and their equality."""

import json
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terraform_provider.protocol import tfplugin6_pb2 as pb
from terraform_provider.schema import Attribute, Block, NestedBlock
from terraform_provider.values import (
    UNKNOWN,
    changed_attributes,
    decode,
    encode,
    fill,
    has_content,
    is_empty,
    same,
    same_json,
    without_unknowns,
)

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.just(UNKNOWN)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)

RULE = Block(attributes={"days": Attribute(type="number", optional=True)})
BLOCK = Block(
    attributes={"name": Attribute(type="string", required=True), "events": Attribute(type=["set", "string"])},
    blocks={"rule": NestedBlock(nesting="list", block=RULE)},
)


@given(VALUES)
def test_a_value_is_decoded_as_it_was_encoded(value: Any) -> None:
    assert decode(encode(value)) == value


@given(VALUES)
def test_unknowns_are_removed_at_every_depth(value: Any) -> None:
    assert json.loads(json.dumps(without_unknowns(value))) is not UNKNOWN  # json cannot write an unknown


def test_a_refined_unknown_is_just_unknown() -> None:
    refined = msgpack.packb(msgpack.ExtType(12, b"\x81\x01\xc2"))
    assert decode(pb.DynamicValue(msgpack=refined)) is UNKNOWN


def test_a_value_may_come_as_json() -> None:
    assert decode(pb.DynamicValue(json=json.dumps({"a": [1]}).encode())) == {"a": [1]}
    assert decode(pb.DynamicValue()) is None


def test_an_object_that_is_not_a_terraform_value_is_not_encoded() -> None:
    with pytest.raises(TypeError, match="object is not a Terraform value"):
        encode(object())


def test_an_object_gets_every_attribute_and_block() -> None:
    assert fill(BLOCK, {"name": "it", "rule": [{}]}) == {"name": "it", "events": None, "rule": [{"days": None}]}


@pytest.mark.parametrize("value", [None, UNKNOWN])
def test_null_and_unknown_are_not_filled(value: Any) -> None:
    assert fill(BLOCK, value) is value


def test_an_unknown_block_stays_unknown() -> None:
    assert fill(BLOCK, {"rule": UNKNOWN})["rule"] is UNKNOWN


@pytest.mark.parametrize(
    ("type_", "one", "other", "expected"),
    [
        (["set", "string"], ["a", "b"], ["b", "a"], True),
        (["list", "string"], ["a", "b"], ["b", "a"], False),
        ("string", "a", "a", True),
        ("string", UNKNOWN, UNKNOWN, True),
        ("string", UNKNOWN, "a", False),
        (["map", "string"], {"a": "1", "b": "2"}, {"b": "2", "a": "1"}, True),
    ],
)
def test_equality_depends_on_the_type(type_: Any, one: Any, other: Any, expected: bool) -> None:  # noqa: FBT001  # a table
    assert same(type_, one, other) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ('{"a": 1}', '{"a":1}', True),
        ('{"a": 1}', '{"a": 2}', False),
        ("{", "{", False),
        ("plain", "plain", False),
        (None, "{}", False),
    ],
)
def test_json_documents_are_equal_regardless_of_formatting(one: Any, other: Any, expected: bool) -> None:  # noqa: FBT001  # a table
    assert same_json(one, other) is expected


@pytest.mark.parametrize("value", [None, UNKNOWN, "", [], {}])
def test_these_values_are_empty(value: Any) -> None:
    assert is_empty(value)


def test_zero_and_false_are_not_empty_but_are_no_content_of_a_block() -> None:
    assert not is_empty(0)
    assert not is_empty(False)  # noqa: FBT003  # the value in question
    assert not has_content([{"days": 0, "enabled": False, "tags": {}, "name": ""}])
    assert has_content([{"days": 1}])


def test_changes_are_named_by_attribute() -> None:
    prior = {"name": "it", "events": ["a", "b"], "rule": [{"days": 1}]}
    planned = {"name": UNKNOWN, "events": ["b", "a"], "rule": [{"days": 2}]}
    assert changed_attributes(BLOCK, prior, planned) == {"name", "rule"}
