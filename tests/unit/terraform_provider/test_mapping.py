"""Names and shapes: from Terraform to the API and back."""

import datetime as dt
from typing import Any

import pytest

from terraform_provider.mapping import from_api, pairs, text, to_api, value_from_api
from terraform_provider.schema import load_schemas
from terraform_provider.session import service_model


def _shape(service: str, operation: str, kind: str = "input") -> Any:
    return getattr(service_model(service).operation_model(operation), f"{kind}_shape")


def test_members_are_found_regardless_of_underscores_case_and_plural_s() -> None:
    rule = {"id": "old", "status": "Enabled", "transition": [{"days": 5, "storage_class": "GLACIER"}]}
    shape = _shape("s3", "PutBucketLifecycleConfiguration").members["LifecycleConfiguration"]
    assert to_api(shape, {"rule": [rule]}, {}) == {
        "Rules": [{"ID": "old", "Status": "Enabled", "Transitions": [{"Days": 5, "StorageClass": "GLACIER"}]}]
    }


def test_a_single_block_is_a_structure() -> None:
    sent = to_api(_shape("lambda", "CreateFunction"), {"tracing_config": [{"mode": "Active"}]}, {})
    assert sent == {"TracingConfig": {"Mode": "Active"}}


def test_an_empty_block_is_an_empty_structure() -> None:
    shape = _shape("s3", "PutBucketLifecycleConfiguration").members["LifecycleConfiguration"]
    assert to_api(shape, {"rule": [{"filter": [{"prefix": None}]}]}, {}) == {"Rules": [{"Filter": {}}]}


def test_a_map_may_be_a_list_of_pairs() -> None:
    assert to_api(_shape("iam", "CreateRole"), {"tags": {"a": "1"}}, {}) == {"Tags": [{"Key": "a", "Value": "1"}]}
    assert to_api(_shape("lambda", "CreateFunction"), {"tags": {"a": "1"}}, {}) == {"Tags": {"a": "1"}}


def test_names_map_to_nested_members_or_to_none() -> None:
    names = {
        "metric_query": "Metrics",
        "metric_query.metric": "MetricStat",
        "metric_query.metric.metric_name": "Metric.MetricName",
        "unit": None,
    }
    query = {"id": "e", "metric": [{"metric_name": "Errors", "stat": "Sum"}]}
    sent = to_api(_shape("cloudwatch", "PutMetricAlarm"), {"metric_query": [query], "unit": "Seconds"}, names)
    assert sent == {"Metrics": [{"Id": "e", "MetricStat": {"Metric": {"MetricName": "Errors"}, "Stat": "Sum"}}]}


def test_an_emptied_attribute_is_sent_only_if_it_changed_and_the_api_accepts_it() -> None:
    shape = _shape("events", "PutRule")
    assert not to_api(shape, {"description": "", "role_arn": None}, {})
    changed = frozenset({"description", "role_arn"})
    assert to_api(shape, {"description": "", "role_arn": None}, {}, also_empty=changed) == {"Description": ""}


def test_values_are_converted_to_the_type_of_their_shape() -> None:
    sent = to_api(_shape("cloudwatch", "PutMetricAlarm"), {"threshold": 5, "period": 60.0, "actions_enabled": True}, {})
    assert sent == {"Threshold": 5.0, "Period": 60, "ActionsEnabled": True}
    assert isinstance(sent["Threshold"], float)
    assert isinstance(sent["Period"], int)


def test_a_response_also_shows_what_is_unset() -> None:
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
def test_a_value_of_the_api_is_converted_to_the_type_of_its_attribute(type_: Any, value: Any, expected: Any) -> None:
    assert value_from_api(type_, value) == expected


@pytest.mark.parametrize("given", [{"a": "1"}, [{"Key": "a", "Value": "1"}], [{"TagKey": "a", "TagValue": "1"}]])
def test_tags_become_a_map_from_every_form(given: Any) -> None:
    assert pairs(given) == {"a": "1"}


def test_text_has_the_form_that_aws_uses() -> None:
    assert [text(value) for value in (None, True, 5, "a")] == ["", "true", "5", "a"]
