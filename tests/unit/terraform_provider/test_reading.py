"""What a refresh shows: the API's values, and what stays as Terraform knew it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from terraform_provider.reading import read
from terraform_provider.values import fill
from tests.unit.terraform_provider.fakes import FakeClient, client_error, resource

URL = "http://localhost/000000000000/it"


def _queue(attributes: dict[str, str], tags: dict[str, str] | None = None) -> FakeClient:
    return FakeClient({"get_queue_attributes": [{"Attributes": attributes}], "list_queue_tags": [{"Tags": tags or {}}]})


def _read(type_name: str, client: FakeClient, prior: dict[str, Any], **settings: Any) -> dict[str, Any]:
    it = resource(type_name, client, **settings)
    state = read(it, fill(it.block, prior))
    assert state is not None
    return state


def test_the_value_of_the_api_wins() -> None:
    client = _queue({"VisibilityTimeout": "7", "QueueArn": "arn:it"})
    state = _read("aws_sqs_queue", client, {"id": URL, "visibility_timeout_seconds": 45})
    assert state["visibility_timeout_seconds"] == 7
    assert state["arn"] == "arn:it"


def test_an_attribute_that_the_api_no_longer_shows_is_unset() -> None:
    state = _read("aws_sqs_queue", _queue({}), {"id": URL, "redrive_policy": "{}", "delay_seconds": 5})
    assert state["redrive_policy"] is None
    assert state["delay_seconds"] == 0


def test_name_and_url_are_derived_from_the_id() -> None:
    state = _read("aws_sqs_queue", _queue({}), {"id": URL})
    assert (state["name"], state["url"], state["region"]) == ("it", URL, "eu-central-1")


def test_equal_json_keeps_its_text() -> None:
    text = json.dumps({"maxReceiveCount": 3}, indent=2)
    state = _read(
        "aws_sqs_queue", _queue({"RedrivePolicy": '{"maxReceiveCount":3}'}), {"id": URL, "redrive_policy": text}
    )
    assert state["redrive_policy"] == text


def test_default_tags_are_shown_only_in_tags_all() -> None:
    client = _queue({}, {"Owner": "us", "Kind": "own"})
    state = _read("aws_sqs_queue", client, {"id": URL}, default_tags={"Owner": "us"})
    assert state["tags"] == {"Kind": "own"}
    assert state["tags_all"] == {"Owner": "us", "Kind": "own"}


def test_missing_tags_stay_null_or_empty() -> None:
    assert _read("aws_sqs_queue", _queue({}), {"id": URL, "tags": None})["tags"] is None
    assert _read("aws_sqs_queue", _queue({}), {"id": URL, "tags": {}})["tags"] is not None


@pytest.mark.parametrize(
    "code", ["AWS.SimpleQueueService.NonExistentQueue", "NoSuchEntity", "WAFNonexistentItemException", "404"]
)
def test_a_resource_that_the_api_does_not_find_does_not_exist(code: str) -> None:
    it = resource("aws_sqs_queue", FakeClient({"get_queue_attributes": [client_error(code)]}))
    assert read(it, fill(it.block, {"id": URL})) is None


def test_any_other_error_is_raised() -> None:
    it = resource("aws_sqs_queue", FakeClient({"get_queue_attributes": [client_error("AccessDenied")]}))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(it, fill(it.block, {"id": URL}))


def test_a_resource_that_is_not_in_the_results_does_not_exist() -> None:
    it = resource("aws_cloudwatch_metric_alarm", FakeClient({"describe_alarms": [{"MetricAlarms": []}]}))
    assert read(it, fill(it.block, {"id": "it"})) is None


def test_blocks_of_a_set_are_matched_by_their_required_attributes() -> None:
    table = {
        "TableName": "it",
        "TableArn": "arn:it",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "b", "AttributeType": "S"},
            {"AttributeName": "id", "AttributeType": "S"},
        ],
    }
    client = FakeClient(
        {
            "describe_table": [{"Table": table}],
            "describe_continuous_backups": [{"ContinuousBackupsDescription": {}}],
            "describe_time_to_live": [{}],
            "list_tags_of_resource": [{}],
        }
    )
    attributes = [{"name": "id", "type": "S"}, {"name": "b", "type": "S"}]
    state = _read("aws_dynamodb_table", client, {"id": "it", "name": "it", "attribute": attributes})
    assert sorted(one["name"] for one in state["attribute"]) == ["b", "id"]
    assert state["hash_key"] == "id"
    assert state["point_in_time_recovery"] == []
    assert state["billing_mode"] == "PROVISIONED"


ACL = {
    "ARN": "arn:it",
    "Id": "0a1b",
    "Name": "it",
    "DefaultAction": {"Allow": {}},
    "Rules": [{"Name": "rate", "Priority": 0, "Action": {"Block": {}}}],
    "VisibilityConfig": {"CloudWatchMetricsEnabled": False, "MetricName": "it", "SampledRequestsEnabled": False},
}


def test_an_import_reads_required_zeros_and_required_blocks_without_content() -> None:
    client = FakeClient(
        {"get_web_acl": [{"WebACL": ACL, "LockToken": "1"}], "list_tags_for_resource": [{"TagInfoForResource": {}}]}
    )
    state = _read("aws_wafv2_web_acl", client, {"id": "0a1b", "name": "it", "scope": "REGIONAL"})
    (default,), (rule,), (metrics,) = (state[name] for name in ("default_action", "rule", "visibility_config"))
    assert (len(default["allow"]), default["block"]) == (1, [])
    assert (rule["priority"], len(rule["action"][0]["block"])) == (0, 1)
    assert (metrics["cloudwatch_metrics_enabled"], metrics["sampled_requests_enabled"]) == (False, False)
    assert state["lock_token"] == "1"


def test_a_resource_without_a_web_acl_has_no_association() -> None:
    it = resource("aws_wafv2_web_acl_association", FakeClient({"get_web_acl_for_resource": [{}]}))
    assert read(it, fill(it.block, {"id": "acl,stage", "resource_arn": "stage", "web_acl_arn": "acl"})) is None


def test_a_permission_is_found_by_its_statement() -> None:
    statement = {
        "Sid": "Events",
        "Action": "lambda:InvokeFunction",
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:rule"}},
    }
    client = FakeClient({"get_policy": [{"Policy": json.dumps({"Statement": [statement]})}]})
    state = _read("aws_lambda_permission", client, {"id": "Events", "function_name": "it", "statement_id": "Events"})
    assert (state["principal"], state["source_arn"]) == ("events.amazonaws.com", "arn:rule")
    it = resource("aws_lambda_permission", client)
    assert read(it, fill(it.block, {"id": "Api", "function_name": "it", "statement_id": "Api"})) is None
