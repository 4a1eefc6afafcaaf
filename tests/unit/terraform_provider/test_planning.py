"""What a plan shows."""

import json
from typing import Any

import pytest

from terraform_provider.errors import ProviderError
from terraform_provider.planning import plan
from terraform_provider.resource import Resource
from terraform_provider.values import UNKNOWN, State, fill
from tests.unit.terraform_provider.fakes import resource

KEY = [{"name": "id", "type": "S"}]


def _filled(it: Resource, **given: Any) -> State:
    return dict(fill(it.block, given))


def test_a_new_resource_has_its_defaults_and_unknown_computed_attributes() -> None:
    it = resource("aws_sqs_queue")
    planned, replacing = plan(it, None, _filled(it, name="it", delay_seconds=5))
    assert planned["delay_seconds"] == 5
    assert planned["visibility_timeout_seconds"] == 30
    assert planned["arn"] is UNKNOWN
    assert planned["kms_master_key_id"] is None
    assert replacing == set()


def test_region_and_tags_are_known_before_the_apply() -> None:
    it = resource("aws_sqs_queue", default_tags={"Owner": "us", "Kind": "default"})
    planned, _ = plan(it, None, _filled(it, name="it", tags={"Kind": "own"}))
    assert planned["region"] == "eu-central-1"
    assert planned["tags"] == {"Kind": "own"}
    assert planned["tags_all"] == {"Owner": "us", "Kind": "own"}


@pytest.mark.parametrize("tags", [UNKNOWN, {"Kind": UNKNOWN}])
def test_an_unknown_tag_makes_all_tags_unknown(tags: Any) -> None:
    it = resource("aws_sqs_queue", default_tags={"Owner": "us"})
    assert plan(it, None, _filled(it, name="it", tags=tags))[0]["tags_all"] is UNKNOWN


def test_attributes_of_blocks_have_defaults() -> None:
    it = resource("aws_api_gateway_usage_plan")
    quota = {"limit": 1000, "period": "DAY", "offset": None}
    planned, _ = plan(it, None, _filled(it, name="it", quota_settings=[quota]))
    assert planned["quota_settings"] == [{"limit": 1000, "period": "DAY", "offset": 0}]


def _existing(it: Resource, **given: Any) -> State:
    return {**plan(it, None, _filled(it, **given))[0], "id": "it", "arn": "arn:it"}


def test_an_attribute_that_the_api_cannot_change_replaces_the_resource() -> None:
    it = resource("aws_sqs_queue")
    prior = _existing(it, name="old")
    assert plan(it, prior, {**prior, "name": "new", "delay_seconds": 7})[1] == {"name"}


def test_any_change_of_a_resource_without_updates_replaces_it() -> None:
    it = resource("aws_lambda_permission")
    prior = _existing(it, action="lambda:InvokeFunction", function_name="it", principal="events.amazonaws.com")
    assert plan(it, prior, {**prior, "source_arn": "arn:new"})[1] == {"source_arn"}


def test_an_unchanged_configuration_plans_no_change() -> None:
    it = resource("aws_lambda_function")
    prior = {**_existing(it, function_name="it", role="arn:role"), "version": "1", "last_modified": "today"}
    planned, replacing = plan(it, prior, dict(prior))
    assert planned == prior
    assert replacing == set()


def test_a_volatile_attribute_is_unknown_while_another_changes() -> None:
    it = resource("aws_lambda_function")
    prior = {**_existing(it, function_name="it", role="arn:role"), "last_modified": "today"}
    assert plan(it, prior, {**prior, "timeout": 20})[0]["last_modified"] is UNKNOWN


def test_a_computed_block_that_is_not_configured_does_not_change() -> None:
    it = resource("aws_dynamodb_table")
    recovery = [{"enabled": True, "recovery_period_in_days": 35}]
    prior = {**_existing(it, name="it", hash_key="id", attribute=KEY), "point_in_time_recovery": recovery}
    assert plan(it, prior, {**prior, "point_in_time_recovery": []})[0]["point_in_time_recovery"] == recovery


def test_a_reformatted_policy_is_not_a_change() -> None:
    it = resource("aws_iam_role_policy")
    prior = _existing(it, name="it", role="it", policy='{"Version":"2012-10-17"}')
    proposed = {**prior, "policy": json.dumps({"Version": "2012-10-17"}, indent=2)}
    assert plan(it, prior, proposed)[0] == prior


def test_a_table_without_attribute_blocks_keeps_the_ones_it_has() -> None:
    it = resource("aws_dynamodb_table")
    prior = _existing(it, name="it", hash_key="id", attribute=KEY)
    assert plan(it, prior, {**prior, "attribute": []}) == (prior, set())


def test_a_new_table_without_attribute_blocks_is_rejected() -> None:
    it = resource("aws_dynamodb_table")
    with pytest.raises(ProviderError, match="expected attribute to be set") as raised:
        plan(it, None, _filled(it, name="it", hash_key="id"))
    assert raised.value.path == ("attribute",)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("integration_http_method", "new"),
        ("integration_http_method", None),
        ("credentials", "new"),
        ("credentials", None),
        ("passthrough_behavior", "new"),
    ],
)
def test_how_an_integration_calls_replaces_it(name: str, new: str | None) -> None:
    it = resource("aws_api_gateway_integration")
    prior = _existing(it, rest_api_id="api", resource_id="it", http_method="POST", type="AWS", **{name: "old"})
    assert plan(it, prior, {**prior, name: new})[1] == {name}


def test_a_role_that_is_no_longer_configured_is_removed_from_the_account() -> None:
    it = resource("aws_api_gateway_account")
    prior = _existing(it, cloudwatch_role_arn="arn:role")
    kept, _ = plan(it, prior, dict(prior), config=_filled(it, cloudwatch_role_arn="arn:role"))
    removed, replacing = plan(it, prior, dict(prior), config=_filled(it))
    assert kept["cloudwatch_role_arn"] == "arn:role"
    assert removed["cloudwatch_role_arn"] == ""
    assert replacing == set()
    assert plan(it, removed, dict(removed), config=_filled(it))[0] == removed


@pytest.mark.parametrize("name", ["hash_key", "range_key"])
def test_an_item_without_its_new_key_plans_a_replacement(name: str) -> None:
    it = resource("aws_dynamodb_table_item")
    prior = _existing(it, table_name="it", hash_key="id", item='{"id": {"S": "1"}}')
    assert plan(it, prior, {**prior, name: "other"})[1] >= {name}


@pytest.mark.parametrize(
    ("item", "replaced"),
    [
        ('{"id": {"S": "1"}, "name": {"S": "new"}}', set()),
        ('{"id": {"S": "2"}, "name": {"S": "old"}}', {"item"}),
        (UNKNOWN, {"item"}),
    ],
)
def test_an_item_is_replaced_when_its_key_changes_or_may_change(item: Any, replaced: set[str]) -> None:
    it = resource("aws_dynamodb_table_item")
    prior = _existing(it, table_name="it", hash_key="id", item='{"id": {"S": "1"}, "name": {"S": "old"}}')
    assert plan(it, prior, {**prior, "item": item})[1] == replaced
