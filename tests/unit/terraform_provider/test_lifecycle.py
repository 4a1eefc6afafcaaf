"""Which calls a change makes, and which state remains when one of them fails."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from terraform_provider.errors import PartlyAppliedError, ProviderError
from terraform_provider.lifecycle import create, delete, import_state, update
from terraform_provider.planning import plan
from terraform_provider.resource import Resource
from terraform_provider.values import State, fill
from tests.unit.terraform_provider.fakes import FakeClient, client_error, resource

GROUP = {"logGroupName": "/it", "arn": "arn:it:*", "retentionInDays": 7}
NO_TAGS: dict[str, Any] = {"tags": {}}


def _logs(**responses: list[Any]) -> FakeClient:
    given: dict[str, list[Any]] = {
        "create_log_group": [{}],
        "put_retention_policy": [{}],
        "describe_log_groups": [{"logGroups": [GROUP]}],
        "list_tags_for_resource": [NO_TAGS],
        "tag_resource": [{}],
        "untag_resource": [{}],
    }
    return FakeClient({**given, **responses})


def _planned(it: Resource, **given: Any) -> State:
    return plan(it, None, dict(fill(it.block, given)))[0]


def test_settings_are_sent_after_create_and_only_if_they_differ_from_the_default() -> None:
    client = _logs()
    it = resource("aws_cloudwatch_log_group", client)
    state = create(it, _planned(it, name="/it", retention_in_days=7))
    assert state["id"] == "/it"
    assert state["arn"] == "arn:it"
    assert client.requests("put_retention_policy") == [{"logGroupName": "/it", "retentionInDays": 7}]

    plain = _logs()
    it = resource("aws_cloudwatch_log_group", plain)
    create(it, _planned(it, name="/it"))
    assert plain.requests("put_retention_policy") == []


def test_a_bucket_is_created_with_its_tags_in_one_call() -> None:
    tags = [{"Key": "Application", "Value": "a"}]
    client = FakeClient({"create_bucket": [{}], "head_bucket": [{}], "get_bucket_tagging": [{"TagSet": tags}]})
    it = resource("aws_s3_bucket", client)
    create(it, _planned(it, bucket="it", tags={"Application": "a"}))
    configuration = {"LocationConstraint": "eu-central-1", "Tags": tags}
    assert client.requests("create_bucket") == [{"Bucket": "it", "CreateBucketConfiguration": configuration}]


def test_tags_that_create_lost_are_added() -> None:
    client = _logs(list_tags_for_resource=[NO_TAGS, {"tags": {"Owner": "us"}}])
    it = resource("aws_cloudwatch_log_group", client, default_tags={"Owner": "us"})
    state = create(it, _planned(it, name="/it"))
    assert client.requests("create_log_group") == [{"logGroupName": "/it", "tags": {"Owner": "us"}}]
    assert client.requests("tag_resource") == [{"resourceArn": "arn:it", "tags": {"Owner": "us"}}]
    assert state["tags_all"] == {"Owner": "us"}


def test_changed_tags_are_removed_and_added_one_by_one() -> None:
    client = _logs(list_tags_for_resource=[{"tags": {"same": "1", "new": "1"}}])
    it = resource("aws_cloudwatch_log_group", client)
    prior = {**_planned(it, name="/it", tags={"same": "1", "old": "1"}), "id": "/it", "arn": "arn:it"}
    new = {"same": "1", "new": "1"}
    update(it, prior, {**prior, "tags": new, "tags_all": new})
    assert client.requests("untag_resource") == [{"resourceArn": "arn:it", "tagKeys": ["old"]}]
    assert client.requests("tag_resource") == [{"resourceArn": "arn:it", "tags": {"new": "1"}}]


def test_a_failure_after_create_keeps_the_resource_in_the_state() -> None:
    it = resource("aws_cloudwatch_log_group", _logs(put_retention_policy=[client_error("LimitExceededException")]))
    with pytest.raises(PartlyAppliedError) as raised:
        create(it, _planned(it, name="/it", retention_in_days=7))
    assert raised.value.state["id"] == "/it"
    assert isinstance(raised.value.__cause__, ClientError)


def test_a_resource_that_cannot_be_read_back_is_an_error() -> None:
    it = resource("aws_cloudwatch_log_group", _logs(describe_log_groups=[{"logGroups": []}]))
    with pytest.raises(PartlyAppliedError) as raised:
        create(it, _planned(it, name="/it"))
    assert "cannot be read back" in str(raised.value.__cause__)


def test_a_change_that_no_call_makes_is_refused_with_its_name_and_what_to_do() -> None:
    client = _logs()
    it = resource("aws_cloudwatch_log_group", client)
    prior = {**_planned(it, name="/it"), "id": "/it", "arn": "arn:it"}
    with pytest.raises(ProviderError, match="no operation that changes kms_key_id: add it to") as raised:
        update(it, prior, {**prior, "kms_key_id": "arn:key"})
    assert raised.value.path == ("kms_key_id",)
    assert not client.calls


def test_a_table_with_provisioned_capacity_is_refused_with_what_to_do() -> None:
    client = FakeClient({})
    it = resource("aws_dynamodb_table", client)
    with pytest.raises(ProviderError, match=r"PAY_PER_REQUEST.*or deploy with `--provider registry`"):
        create(it, _planned(it, name="it", hash_key="id", attribute=[{"name": "id", "type": "S"}]))
    assert not client.calls


def test_an_index_is_added_to_an_existing_table_and_one_that_changed_is_made_again() -> None:
    def index(name: str, key: str) -> dict[str, str]:
        return {"name": name, "hash_key": key, "range_key": "", "projection_type": "ALL"}

    def described(name: str, key: str) -> dict[str, Any]:
        schema = [{"AttributeName": key, "KeyType": "HASH"}]
        return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}

    def attributes(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "type": "S"} for name in names]

    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    table = {
        "KeySchema": schema,
        "GlobalSecondaryIndexes": [
            {**described("same", "a"), "IndexStatus": "ACTIVE"},
            described("changed", "b"),
            described("gone", "c"),
        ],
    }
    client = FakeClient(
        {
            "describe_table": [{"Table": table}],
            "describe_continuous_backups": [{}],
            "describe_time_to_live": [{}],
            "list_tags_of_resource": [{}],
            "update_table": [{}],
        }
    )
    it = resource("aws_dynamodb_table", client)
    old = [index("same", "a"), index("changed", "b"), index("gone", "c")]
    new = [index("same", "a"), index("changed", "d"), index("added", "a")]
    prior = {**_planned(it, name="it", hash_key="id", attribute=attributes("id", "a", "b", "c")), "id": "it"}
    prior |= {"arn": "arn:it", "global_secondary_index": old, "billing_mode": "PAY_PER_REQUEST"}
    update(it, prior, {**prior, "attribute": attributes("id", "a", "d"), "global_secondary_index": new})
    (request,) = client.requests("update_table")
    assert [each["AttributeName"] for each in request["AttributeDefinitions"]] == ["id", "a", "d"]
    assert request["GlobalSecondaryIndexUpdates"] == [
        {"Delete": {"IndexName": "changed"}},
        {"Delete": {"IndexName": "gone"}},
        {"Create": described("changed", "d")},
        {"Create": described("added", "a")},
    ]


def test_an_item_without_its_key_is_not_sent() -> None:
    client = FakeClient({})
    it = resource("aws_dynamodb_table_item", client)
    with pytest.raises(ProviderError, match='expected item to hold "id", which is its hash_key') as raised:
        create(it, _planned(it, table_name="it", hash_key="id", item='{"bank": {"S": "1"}}'))
    assert raised.value.path == ("item",)
    assert not client.calls


def test_an_update_sends_only_changed_attributes_including_emptied_ones() -> None:
    client = FakeClient(
        {"set_queue_attributes": [{}], "get_queue_attributes": [{"Attributes": {}}], "list_queue_tags": [{}]}
    )
    it = resource("aws_sqs_queue", client)
    prior = {**_planned(it, name="it", redrive_policy="{}", delay_seconds=5), "id": "http://localhost/0/it"}
    update(it, prior, {**prior, "redrive_policy": None, "delay_seconds": 7})
    (request,) = client.requests("set_queue_attributes")
    assert request["Attributes"] == {"DelaySeconds": "7", "RedrivePolicy": ""}


def _lambda(**responses: list[Any]) -> FakeClient:
    configuration = {"FunctionName": "it", "FunctionArn": "arn:it", "Version": "$LATEST", "CodeSha256": "hash"}
    given: dict[str, list[Any]] = {
        "get_function": [{"Configuration": configuration}],
        "get_function_concurrency": [{}],
        "list_tags": [{}],
    }
    return FakeClient({**given, **responses})


def test_an_emptied_environment_is_cleared() -> None:
    client = _lambda(update_function_configuration=[{}])
    it = resource("aws_lambda_function", client)
    prior = {**_planned(it, function_name="it", role="arn:role"), "id": "it", "arn": "arn:it"}
    prior["environment"] = [{"variables": {"A": "1"}}]
    state = update(it, prior, {**prior, "environment": []})
    (request,) = client.requests("update_function_configuration")
    assert request["Environment"] == {"Variables": {}}
    assert state["qualified_arn"] == "arn:it:$LATEST"


@pytest.mark.parametrize(
    ("before", "after", "call"),
    [(None, 0, "put"), (5, 7, "put"), (5, 0, "put"), (5, None, "delete"), (0, None, "delete")],
)
def test_reserved_executions_are_put_and_given_back(before: int | None, after: int | None, call: str) -> None:
    reserved = {} if after is None else {"ReservedConcurrentExecutions": after}
    responses: dict[str, list[Any]] = {f"{call}_function_concurrency": [{}], "get_function_concurrency": [reserved]}
    client = _lambda(**responses)
    it = resource("aws_lambda_function", client)
    prior = _planned(it, function_name="it", role="arn:role", reserved_concurrent_executions=before)
    prior |= {"id": "it", "arn": "arn:it"}
    planned, _ = plan(it, prior, {**prior, "reserved_concurrent_executions": after})
    state = update(it, prior, planned)
    assert client.requests(f"{call}_function_concurrency") == [{"FunctionName": "it", **reserved}]
    assert state["reserved_concurrent_executions"] == (-1 if after is None else after)


def test_deleting_a_resource_that_does_not_exist_succeeds() -> None:
    delete(resource("aws_sqs_queue", FakeClient({"delete_queue": [client_error()]})), {"id": "it"})
    with pytest.raises(ClientError, match="AccessDenied"):
        delete(resource("aws_sqs_queue", FakeClient({"delete_queue": [client_error("AccessDenied")]})), {"id": "it"})


@pytest.mark.parametrize(
    ("type_name", "import_id", "expected"),
    [
        ("aws_s3_bucket", "it", {"id": "it", "bucket": "it"}),
        ("aws_iam_role_policy", "role:policy", {"id": "role:policy", "role": "role", "name": "policy"}),
        (
            "aws_api_gateway_method_settings",
            "api/v1/*/*",
            {"id": "api-v1-*/*", "rest_api_id": "api", "stage_name": "v1", "method_path": "*/*"},
        ),
        ("aws_api_gateway_resource", "api/abc", {"id": "abc", "rest_api_id": "api"}),
        ("aws_wafv2_web_acl", "0a1b/it/REGIONAL", {"id": "0a1b", "name": "it", "scope": "REGIONAL"}),
        (
            "aws_wafv2_web_acl_association",
            "arn:acl,arn:stage",
            {"id": "arn:acl,arn:stage", "web_acl_arn": "arn:acl", "resource_arn": "arn:stage"},
        ),
        ("aws_sns_topic", "arn:aws:sns:eu-central-1:0:it", {"id": "arn:aws:sns:eu-central-1:0:it"}),
    ],
)
def test_an_import_id_holds_what_the_first_read_needs(type_name: str, import_id: str, expected: State) -> None:
    state = import_state(resource(type_name), import_id)
    assert state == {"region": "eu-central-1", **expected}


def test_an_invalid_import_id_is_refused_with_the_expected_form() -> None:
    with pytest.raises(ProviderError, match=r"expected the form \{rest_api_id\}/\{stage_name\}"):
        import_state(resource("aws_api_gateway_stage"), "v1")


def test_a_type_that_the_real_provider_cannot_import_is_refused() -> None:
    with pytest.raises(ProviderError, match="cannot import this type"):
        import_state(resource("aws_dynamodb_table_item"), "table|id|1")
