"""Names and shapes: from Terraform to the API and back."""

import datetime as dt
import json
from typing import Any

import pytest

from terraform_provider.mapping import from_api, pairs, text, to_api, value_from_api
from terraform_provider.patches import patch_operations
from terraform_provider.schema import load_schemas
from terraform_provider.session import service_model


def _shape(service: str, operation: str, kind: str = "input") -> Any:
    return getattr(service_model(service).operation_model(operation), f"{kind}_shape")


def test_members_are_found_without_underscores_and_case_and_with_a_plural_s() -> None:
    rule = {"id": "old", "status": "Enabled", "transition": [{"days": 5, "storage_class": "GLACIER"}]}
    shape = _shape("s3", "PutBucketLifecycleConfiguration").members["LifecycleConfiguration"]
    assert to_api(shape, {"rule": [rule]}, {}) == {
        "Rules": [{"ID": "old", "Status": "Enabled", "Transitions": [{"Days": 5, "StorageClass": "GLACIER"}]}]
    }


def test_a_block_that_is_there_once_is_a_structure() -> None:
    sent = to_api(_shape("lambda", "CreateFunction"), {"tracing_config": [{"mode": "Active"}]}, {})
    assert sent == {"TracingConfig": {"Mode": "Active"}}


def test_an_empty_block_is_an_empty_structure() -> None:
    shape = _shape("s3", "PutBucketLifecycleConfiguration").members["LifecycleConfiguration"]
    assert to_api(shape, {"rule": [{"filter": [{"prefix": None}]}]}, {}) == {"Rules": [{"Filter": {}}]}


def test_a_map_may_be_a_list_of_pairs() -> None:
    assert to_api(_shape("iam", "CreateRole"), {"tags": {"a": "1"}}, {}) == {"Tags": [{"Key": "a", "Value": "1"}]}
    assert to_api(_shape("lambda", "CreateFunction"), {"tags": {"a": "1"}}, {}) == {"Tags": {"a": "1"}}


def test_names_lead_deeper_into_the_api_or_nowhere() -> None:
    names = {
        "metric_query": "Metrics",
        "metric_query.metric": "MetricStat",
        "metric_query.metric.metric_name": "Metric.MetricName",
        "unit": None,
    }
    query = {"id": "e", "metric": [{"metric_name": "Errors", "stat": "Sum"}]}
    sent = to_api(_shape("cloudwatch", "PutMetricAlarm"), {"metric_query": [query], "unit": "Seconds"}, names)
    assert sent == {"Metrics": [{"Id": "e", "MetricStat": {"Metric": {"MetricName": "Errors"}, "Stat": "Sum"}}]}


def test_what_became_empty_is_sent_only_when_asked_and_where_the_api_takes_it() -> None:
    shape = _shape("events", "PutRule")
    assert not to_api(shape, {"description": "", "role_arn": None}, {})
    changed = frozenset({"description", "role_arn"})
    assert to_api(shape, {"description": "", "role_arn": None}, {}, also_empty=changed) == {"Description": ""}


def test_values_take_the_type_of_their_shape() -> None:
    sent = to_api(_shape("cloudwatch", "PutMetricAlarm"), {"threshold": 5, "period": 60.0, "actions_enabled": True}, {})
    assert sent == {"Threshold": 5.0, "Period": 60, "ActionsEnabled": True}
    assert isinstance(sent["Threshold"], float)
    assert isinstance(sent["Period"], int)


def test_an_answer_shows_what_is_unset_as_well() -> None:
    block = load_schemas().resources["aws_sfn_state_machine"]
    response = {"name": "it", "roleArn": "arn", "tracingConfiguration": {"enabled": True}}
    seen = from_api(_shape("stepfunctions", "DescribeStateMachine", "output"), block, response, {})
    assert seen["name"] == "it"
    assert seen["tracing_configuration"] == [{"enabled": True}]
    assert seen["logging_configuration"] == []
    assert seen["description"] is None
    assert "arn" not in seen


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("string", True, "true"),
        ("string", {"a": 1}, '{"a":1}'),
        ("string", dt.datetime(2026, 11, 23, tzinfo=dt.UTC), "2026-11-23T00:00:00Z"),
        ("number", "45", 45),
        ("number", 0.5, 0.5),
        ("bool", "true", True),
        ("bool", "Enabled", True),
        ("bool", "false", False),
        (["set", "string"], ["a"], ["a"]),
        (["list", "string"], "a", ["a"]),
        (["map", "bool"], {"a": "true"}, {"a": True}),
        (["list", ["object", {"a": "string"}]], [{}], None),
        ("string", None, None),
    ],
)
def test_a_value_of_the_api_takes_the_type_of_its_attribute(type_: Any, value: Any, expected: Any) -> None:
    assert value_from_api(type_, value) == expected


@pytest.mark.parametrize("given", [{"a": "1"}, [{"Key": "a", "Value": "1"}], [{"TagKey": "a", "TagValue": "1"}]])
def test_tags_are_a_map_however_they_come(given: Any) -> None:
    assert pairs(given) == {"a": "1"}


def test_text_is_what_aws_writes() -> None:
    assert [text(value) for value in (None, True, 5, "a")] == ["", "true", "5", "a"]


def test_a_patch_replaces_whole_attributes_by_values_of_their_own_type() -> None:
    shape = _shape("apigateway", "UpdateIntegration", "output")
    values = {"timeout_milliseconds": 20_000, "request_templates": {"application/json": "{}"}, "credentials": None}
    assert patch_operations(shape, values, {"timeout_milliseconds": "timeoutInMillis"}) == [
        {"op": "remove", "path": "/credentials"},
        {"op": "replace", "path": "/requestTemplates", "value": {"application/json": "{}"}},
        {"op": "replace", "path": "/timeoutInMillis", "value": 20_000},
    ]


def test_a_block_is_patched_as_a_structure() -> None:
    shape = _shape("apigateway", "UpdateUsagePlan", "output")
    patches = patch_operations(shape, {"quota_settings": [{"limit": 5, "period": "DAY"}]}, {"quota_settings": "quota"})
    assert json.dumps(patches) == json.dumps(
        [{"op": "replace", "path": "/quota", "value": {"limit": 5, "period": "DAY"}}]
    )
