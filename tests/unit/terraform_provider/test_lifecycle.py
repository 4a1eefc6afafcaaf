"""Which calls a change makes, and what is left when one of them fails."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from terraform_provider.errors import PartlyAppliedError, ProviderError
from terraform_provider.lifecycle import create, delete, import_state, update
from terraform_provider.planning import plan
from terraform_provider.resource import Resource
from terraform_provider.values import State, fill
from tests.unit.terraform_provider.fakes import FakeClient, gone, resource

GROUP = {"logGroupName": "/it", "arn": "arn:it:*", "retentionInDays": 7}
NO_TAGS: dict[str, Any] = {"tags": {}}


def _logs(**answers: list[Any]) -> FakeClient:
    given: dict[str, list[Any]] = {
        "create_log_group": [{}],
        "put_retention_policy": [{}],
        "delete_retention_policy": [{}],
        "describe_log_groups": [{"logGroups": [GROUP]}],
        "list_tags_for_resource": [NO_TAGS],
        "tag_resource": [{}],
        "untag_resource": [{}],
    }
    return FakeClient({**given, **answers})


def _planned(it: Resource, **given: Any) -> State:
    return plan(it, None, dict(fill(it.block, given)))[0]


def test_settings_are_made_after_the_resource_and_only_if_they_say_something() -> None:
    client = _logs()
    it = resource("aws_cloudwatch_log_group", client)
    state = create(it, _planned(it, name="/it", retention_in_days=7))
    assert state["id"] == "/it"
    assert state["arn"] == "arn:it"
    assert client.requests("put_retention_policy") == [{"logGroupName": "/it", "retentionInDays": 7}]

    silent = _logs()
    it = resource("aws_cloudwatch_log_group", silent)
    create(it, _planned(it, name="/it"))
    assert silent.requests("put_retention_policy") == []


def test_a_setting_that_went_back_to_its_default_is_unset() -> None:
    client = _logs(describe_log_groups=[{"logGroups": [{**GROUP, "retentionInDays": 0}]}])
    it = resource("aws_cloudwatch_log_group", client)
    prior = {**_planned(it, name="/it", retention_in_days=7), "id": "/it", "arn": "arn:it"}
    state = update(it, prior, {**prior, "retention_in_days": 0})
    assert client.requests("delete_retention_policy") == [{"logGroupName": "/it"}]
    assert state["retention_in_days"] == 0


def test_a_bucket_is_made_with_its_tags_in_the_same_call() -> None:
    tags = [{"Key": "Application", "Value": "a"}]
    client = FakeClient({"create_bucket": [{}], "head_bucket": [{}], "get_bucket_tagging": [{"TagSet": tags}]})
    it = resource("aws_s3_bucket", client)
    create(it, _planned(it, bucket="it", tags={"Application": "a"}))
    place = {"LocationConstraint": "eu-central-1"}
    made = {"Bucket": "it", "CreateBucketConfiguration": {**place, "Tags": tags}}
    assert client.requests("create_bucket") == [made]


def test_tags_that_the_creation_lost_are_put_on_again() -> None:
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


def test_a_failure_after_the_creation_keeps_what_was_made() -> None:
    it = resource("aws_cloudwatch_log_group", _logs(put_retention_policy=[gone("LimitExceededException")]))
    with pytest.raises(PartlyAppliedError) as raised:
        create(it, _planned(it, name="/it", retention_in_days=7))
    assert raised.value.state["id"] == "/it"
    assert isinstance(raised.value.__cause__, ClientError)


def test_what_cannot_be_read_back_is_an_error() -> None:
    it = resource("aws_cloudwatch_log_group", _logs(describe_log_groups=[{"logGroups": []}]))
    with pytest.raises(PartlyAppliedError) as raised:
        create(it, _planned(it, name="/it"))
    assert "cannot be read back" in str(raised.value.__cause__)


def test_a_change_that_no_call_makes_is_refused_with_its_name() -> None:
    client = _logs()
    it = resource("aws_cloudwatch_log_group", client)
    prior = {**_planned(it, name="/it"), "id": "/it", "arn": "arn:it"}
    with pytest.raises(ProviderError, match="no operation that changes kms_key_id") as raised:
        update(it, prior, {**prior, "kms_key_id": "arn:key"})
    assert raised.value.path == ("kms_key_id",)
    assert not client.calls


def test_a_name_is_made_up_from_its_prefix() -> None:
    client = FakeClient(
        {
            "create_queue": [{"QueueUrl": "http://localhost/0/it"}],
            "get_queue_attributes": [{"Attributes": {}}],
            "list_queue_tags": [{}],
        }
    )
    it = resource("aws_sqs_queue", client)
    create(it, _planned(it, name_prefix="jobs-"))
    (request,) = client.requests("create_queue")
    assert request["QueueName"].startswith("jobs-2")


def test_an_update_of_a_queue_sends_only_what_changed_also_when_it_is_empty_now() -> None:
    client = FakeClient(
        {"set_queue_attributes": [{}], "get_queue_attributes": [{"Attributes": {}}], "list_queue_tags": [{}]}
    )
    it = resource("aws_sqs_queue", client)
    prior = {**_planned(it, name="it", redrive_policy="{}", delay_seconds=5), "id": "http://localhost/0/it"}
    update(it, prior, {**prior, "redrive_policy": None, "delay_seconds": 7})
    (request,) = client.requests("set_queue_attributes")
    assert request["Attributes"] == {"DelaySeconds": "7", "RedrivePolicy": ""}


def test_code_comes_from_whichever_stack_has_the_asset(tmp_path: Path) -> None:
    archive = tmp_path / "stacks" / "compute-stack" / "assets" / "0A" / "code.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"PK")
    it = resource("aws_lambda_function")
    client = FakeClient({})
    assert it.session.asset(str(archive)) == b"PK"
    with pytest.raises(ProviderError, match=r"code.zip: No such file or directory; looked for in nowhere/stacks/\*/"):
        it.session.asset("assets/0A/code.zip")
    assert not client.calls


def test_an_emptied_environment_is_cleared() -> None:
    configuration = {"FunctionName": "it", "FunctionArn": "arn:it", "Version": "$LATEST"}
    client = FakeClient(
        {
            "update_function_configuration": [{}],
            "get_function": [{"Configuration": configuration}],
            "get_function_concurrency": [{}],
            "list_tags": [{}],
        }
    )
    it = resource("aws_lambda_function", client)
    prior = {**_planned(it, function_name="it", role="arn:role"), "id": "it", "arn": "arn:it"}
    prior["environment"] = [{"variables": {"A": "1"}}]
    state = update(it, prior, {**prior, "environment": []})
    (request,) = client.requests("update_function_configuration")
    assert request["Environment"] == {"Variables": {}}
    assert state["reserved_concurrent_executions"] == -1
    assert state["qualified_arn"] == "arn:it:$LATEST"


def test_to_delete_what_is_gone_is_no_error() -> None:
    delete(resource("aws_sqs_queue", FakeClient({"delete_queue": [gone()]})), {"id": "it"})
    with pytest.raises(ClientError, match="AccessDenied"):
        delete(resource("aws_sqs_queue", FakeClient({"delete_queue": [gone("AccessDenied")]})), {"id": "it"})


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
        ("aws_sns_topic", "arn:aws:sns:eu-central-1:0:it", {"id": "arn:aws:sns:eu-central-1:0:it"}),
    ],
)
def test_an_import_id_says_what_the_first_read_needs(type_name: str, import_id: str, expected: State) -> None:
    state = import_state(resource(type_name), import_id)
    assert state == {"region": "eu-central-1", **expected}


def test_an_import_id_of_another_form_is_refused_with_the_right_one() -> None:
    with pytest.raises(ProviderError, match=r"expected the form \{rest_api_id\}/\{stage_name\}"):
        import_state(resource("aws_api_gateway_stage"), "v1")


def test_what_the_real_provider_cannot_import_is_refused() -> None:
    with pytest.raises(ProviderError, match="cannot import this type"):
        import_state(resource("aws_dynamodb_table_item"), "table|id|1")
