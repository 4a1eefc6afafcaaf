"""What the acceptance cases do not show: drift, failures, refused configurations, and parallel runs."""

import base64
import hashlib
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terraform_provider.cases.compute import ARCHIVE, write_archive
from tests.e2e.terraform_provider.inventory import client
from tests.e2e.terraform_provider.terraform import CHANGE, Cloud, Terraform
from tools.operations.cdktf.assembly import Stack
from tools.operations.cdktf.driver import Driver

pytestmark = pytest.mark.e2e

FUNCTION = {
    "role": "arn:aws:iam::000000000000:role/none",
    "runtime": "python3.11",
    "handler": "handler.handle",
    "filename": ARCHIVE,
}
METRICS = {"cloudwatch_metrics_enabled": True, "metric_name": "drift", "sampled_requests_enabled": False}
ACL = {"scope": "REGIONAL", "default_action": {"allow": {}}, "visibility_config": METRICS}
RATE = {
    "name": "rate",
    "priority": 0,
    "action": {"block": {}},
    "statement": {"rate_based_statement": {"limit": 1_000}},
    "visibility_config": METRICS,
}
STATEMENT = {"RateBasedStatement": {"Limit": 1_000, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}}
"""Of the rule, as the real provider sends it: with its defaults."""
CORS = [{"allowed_methods": ["GET"], "allowed_origins": ["*"]}]


def _initialized(folder: Path, cloud: Cloud, resources: dict[str, Any]) -> Terraform:
    folder.mkdir(exist_ok=True)
    terraform = Terraform(folder=folder, cloud=cloud)
    terraform.configure({"resource": resources})
    terraform.run("init", "-no-color", "-input=false")
    return terraform


def _destroy(terraform: Terraform) -> None:
    terraform.run("destroy", "-auto-approve", "-no-color", "-input=false")


def _change_executions_and_firewall(cloud: Cloud, stage: str) -> None:
    """As a person in the console would, without Terraform."""
    lambda_, waf = client(cloud, "lambda"), client(cloud, "wafv2")
    lambda_.delete_function_concurrency(FunctionName="drift-reserved")
    lambda_.put_function_concurrency(FunctionName="drift-shared", ReservedConcurrentExecutions=0)
    (acl,) = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    there = {"Name": "drift", "Scope": "REGIONAL", "Id": acl["Id"]}
    seen = waf.get_web_acl(**there)["WebACL"]
    seen["Rules"][0]["Statement"]["RateBasedStatement"]["Limit"] = 10
    kept = {name: seen[name] for name in ("DefaultAction", "Rules", "VisibilityConfig")}
    waf.update_web_acl(**there, **kept, LockToken=acl["LockToken"])
    waf.disassociate_web_acl(ResourceArn=stage)


def test_drift_is_planned_and_repaired(cloud: Cloud, tmp_path: Path) -> None:
    queue = {"name": "drift", "visibility_timeout_seconds": 45, "tags": {"Kind": "drift"}}
    rule = {"name": "drift", "schedule_expression": "rate(1 hour)", "state": "ENABLED"}
    role = {"name": "drift", "description": "kept", "assume_role_policy": json.dumps({"Version": "2012-10-17"})}
    stage = f"arn:aws:apigateway:{cloud.environment['AWS_REGION']}::/restapis/drift/stages/v1"
    write_archive(cloud.assets)
    terraform = _initialized(
        tmp_path,
        cloud,
        {
            "aws_sqs_queue": {"it": queue},
            "aws_cloudwatch_event_rule": {"it": rule},
            "aws_iam_role": {"it": role},
            "aws_lambda_function": {
                "reserved": {**FUNCTION, "function_name": "drift-reserved", "reserved_concurrent_executions": 5},
                "shared": {**FUNCTION, "function_name": "drift-shared"},
            },
            "aws_wafv2_web_acl": {"it": {"name": "drift", **ACL, "rule": [RATE]}},
            "aws_wafv2_web_acl_association": {
                "it": {"resource_arn": stage, "web_acl_arn": "${aws_wafv2_web_acl.it.arn}"}
            },
        },
    )
    terraform.apply()

    _change_executions_and_firewall(cloud, stage)
    sqs = client(cloud, "sqs")
    url = sqs.get_queue_url(QueueName="drift")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "7"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["Kind"])
    client(cloud, "iam").delete_role(RoleName="drift")
    client(cloud, "events").disable_rule(Name="drift")

    changes = {change.address: change for change in terraform.planned_changes()}
    assert changes["aws_sqs_queue.it"].attributes == {"visibility_timeout_seconds", "tags", "tags_all"}
    assert changes["aws_iam_role.it"].actions == ("create",)
    assert changes["aws_cloudwatch_event_rule.it"].attributes == {"state"}
    for name in ("reserved", "shared"):
        assert changes[f"aws_lambda_function.{name}"].attributes == {"reserved_concurrent_executions"}
    assert changes["aws_wafv2_web_acl.it"].attributes == {"rule"}
    assert changes["aws_wafv2_web_acl_association.it"].actions == ("create",)
    terraform.apply()
    terraform.plan()
    acl = client(cloud, "wafv2").get_web_acl_for_resource(ResourceArn=stage)["WebACL"]
    assert acl["Rules"][0]["Statement"] == STATEMENT
    lambda_ = client(cloud, "lambda")
    assert lambda_.get_function_concurrency(FunctionName="drift-reserved")["ReservedConcurrentExecutions"] == 5
    assert "ReservedConcurrentExecutions" not in lambda_.get_function_concurrency(FunctionName="drift-shared")
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "45"
    assert client(cloud, "events").describe_rule(Name="drift")["State"] == "ENABLED"
    _destroy(terraform)


def test_code_that_was_changed_outside_of_terraform_is_planned_unless_it_is_what_is_configured(
    cloud: Cloud, tmp_path: Path
) -> None:
    def configuration(name: str) -> dict[str, Any]:
        digest = hashlib.sha256((tmp_path / name).read_bytes()).digest()
        return {
            "function_name": "synced",
            "role": "arn:aws:iam::000000000000:role/none",
            "runtime": "python3.11",
            "handler": "handler.handle",
            "filename": str(tmp_path / "code.zip"),
            "source_code_hash": base64.b64encode(digest).decode(),
        }

    for name in ("old", "new"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("handler.py", name)
    shutil.copy(tmp_path / "old", tmp_path / "code.zip")
    terraform = _initialized(tmp_path / "stack", cloud, {"aws_lambda_function": {"it": configuration("old")}})
    terraform.apply()

    code = (tmp_path / "new").read_bytes()
    client(cloud, "lambda").update_function_code(FunctionName="synced", ZipFile=code)
    (change,) = terraform.planned_changes()
    assert "source_code_hash" in change.attributes
    terraform.configure({"resource": {"aws_lambda_function": {"it": configuration("new")}}})
    terraform.plan()
    _destroy(terraform)


def test_an_unknown_type_is_refused_by_terraform_with_its_name(cloud: Cloud, tmp_path: Path) -> None:
    terraform = _initialized(tmp_path, cloud, {"aws_kms_key": {"it": {}}})
    printed = terraform.plan(expected=1)
    assert 'The provider hashicorp/aws does not support resource type "aws_kms_key"' in printed


def test_an_attribute_or_block_that_is_not_sent_is_refused_with_its_address(cloud: Cloud, tmp_path: Path) -> None:
    terraform = _initialized(
        tmp_path, cloud, {"aws_s3_bucket": {"it": {"bucket": "it", "acl": "private", "cors_rule": CORS}}}
    )
    printed = terraform.plan(expected=1)
    for name in ("acl", "cors_rule"):
        assert f"the local provider does not send {name}: add it to terraform_provider/table/" in " ".join(
            printed.split()
        )
    assert "aws_s3_bucket.it" in printed


def test_an_error_of_the_cloud_is_shown_without_a_traceback(cloud: Cloud, tmp_path: Path) -> None:
    policy = {"role": "missing", "name": "it", "policy": json.dumps({"Version": "2012-10-17", "Statement": []})}
    terraform = _initialized(tmp_path, cloud, {"aws_iam_role_policy": {"it": policy}})
    printed = terraform.run("apply", "-auto-approve", "-no-color", "-input=false", expected=1)
    assert "creating aws_iam_role_policy: An error occurred (NoSuchEntity)" in printed
    assert "Traceback" not in printed


def test_resources_created_before_a_failure_stay_in_the_state(cloud: Cloud, tmp_path: Path) -> None:
    function: dict[str, Any] = {
        "function_name": "half-done",
        "role": "arn:aws:iam::000000000000:role/none",
        "runtime": "python3.11",
        "handler": "handler.handle",
        "filename": "missing.zip",
    }
    group = {"name": "/half/done"}
    terraform = _initialized(
        tmp_path, cloud, {"aws_cloudwatch_log_group": {"it": group}, "aws_lambda_function": {"it": function}}
    )
    printed = terraform.run("apply", "-auto-approve", "-no-color", "-input=false", expected=1)
    assert "missing.zip: No such file or directory" in printed
    assert [one["address"] for one in terraform.resources()] == ["aws_cloudwatch_log_group.it"]
    _destroy(terraform)


def test_an_item_with_another_key_replaces_the_old_one(cloud: Cloud, tmp_path: Path) -> None:
    def configuration(key: str) -> dict[str, Any]:
        table = {
            "name": "replaced-item",
            "billing_mode": "PAY_PER_REQUEST",
            "hash_key": "id",
            "attribute": [{"name": "id", "type": "S"}],
        }
        reference = "${aws_dynamodb_table.it.name}"
        item = {"table_name": reference, "hash_key": "id", "item": json.dumps({"id": {"S": key}})}
        return {"aws_dynamodb_table": {"it": table}, "aws_dynamodb_table_item": {"it": item}}

    terraform = _initialized(tmp_path, cloud, configuration("old"))
    terraform.apply()
    terraform.configure({"resource": configuration("new")})
    terraform.apply()
    assert client(cloud, "dynamodb").scan(TableName="replaced-item")["Items"] == [{"id": {"S": "new"}}]
    terraform.plan()
    _destroy(terraform)


def test_an_index_is_added_to_a_table_that_keeps_its_items(cloud: Cloud, tmp_path: Path) -> None:
    def configuration(*indexed: str) -> dict[str, Any]:
        table = {
            "name": "upgraded",
            "billing_mode": "PAY_PER_REQUEST",
            "hash_key": "id",
            "attribute": [{"name": name, "type": "S"} for name in ("id", *indexed)],
            "global_secondary_index": [
                {"name": f"by-{name}", "hash_key": name, "projection_type": "ALL"} for name in indexed
            ],
        }
        return {"aws_dynamodb_table": {"it": table}}

    terraform = _initialized(tmp_path, cloud, configuration("bank"))
    terraform.apply()
    dynamodb = client(cloud, "dynamodb")
    item = {name: {"S": name} for name in ("id", "bank", "due")}
    dynamodb.put_item(TableName="upgraded", Item=item)

    terraform.configure({"resource": configuration("bank", "due")})
    (change,) = terraform.planned_changes()
    assert change.actions == ("update",)
    terraform.apply()
    for name in ("bank", "due"):
        found = dynamodb.query(
            TableName="upgraded",
            IndexName=f"by-{name}",
            KeyConditionExpression=f"{name} = :it",
            ExpressionAttributeValues={":it": {"S": name}},
        )
        assert found["Items"] == [item]
    terraform.plan()
    _destroy(terraform)


def test_a_role_that_is_no_longer_configured_leaves_the_account(cloud: Cloud, tmp_path: Path) -> None:
    role = {"cloudwatch_role_arn": "arn:aws:iam::000000000000:role/logger"}
    terraform = _initialized(tmp_path, cloud, {"aws_api_gateway_account": {"it": role}})
    terraform.apply()
    terraform.configure({"resource": {"aws_api_gateway_account": {"it": {}}}})
    (change,) = terraform.planned_changes()
    assert change.actions == ("update",)
    assert change.attributes == {"cloudwatch_role_arn"}
    terraform.apply()
    assert not client(cloud, "apigateway").get_account().get("cloudwatchRoleArn")
    terraform.plan()
    _destroy(terraform)


def test_a_value_is_validated_again_once_it_is_known(cloud: Cloud, tmp_path: Path) -> None:
    name = {"input": "not a queue"}
    queue = {"name": "${terraform_data.it.output}"}
    terraform = _initialized(tmp_path, cloud, {"terraform_data": {"it": name}, "aws_sqs_queue": {"it": queue}})
    assert "Plan: 2 to add" in terraform.plan(expected=CHANGE)
    printed = terraform.run("apply", "-auto-approve", "-no-color", "-input=false", expected=1)
    assert "expected name to be 1 to 80 letters" in printed
    assert [one["address"] for one in terraform.resources()] == ["terraform_data.it"]


def test_a_bucket_with_objects_is_destroyed_only_with_force(cloud: Cloud, tmp_path: Path) -> None:
    bucket = {"bucket": "filled", "force_destroy": False}
    terraform = _initialized(tmp_path, cloud, {"aws_s3_bucket": {"it": bucket}})
    terraform.apply()
    client(cloud, "s3").put_object(Bucket="filled", Key="reports/a.csv", Body=b"a")
    printed = terraform.run("destroy", "-auto-approve", "-no-color", "-input=false", expected=1)
    assert "BucketNotEmpty" in printed

    terraform.configure({"resource": {"aws_s3_bucket": {"it": {**bucket, "force_destroy": True}}}})
    terraform.apply()
    _destroy(terraform)


def _published(kind: str) -> dict[str, Any]:
    """A method with an integration of some type, deployed as `stacks/api` does it."""
    api, method = {"rest_api_id": "${aws_api_gateway_rest_api.it.id}"}, "${aws_api_gateway_method.it.http_method}"
    place = {**api, "resource_id": "${aws_api_gateway_rest_api.it.root_resource_id}"}
    return {
        "aws_api_gateway_rest_api": {"it": {"name": "replaced-integration"}},
        "aws_api_gateway_method": {"it": {**place, "http_method": "GET", "authorization": "NONE"}},
        "aws_api_gateway_integration": {"it": {**place, "http_method": method, "type": kind}},
        "aws_api_gateway_deployment": {
            "it": {
                **api,
                "triggers": {"definition": kind},
                "lifecycle": {"create_before_destroy": True},
                "depends_on": ["aws_api_gateway_integration.it"],
            }
        },
        "aws_api_gateway_stage": {
            "it": {**api, "deployment_id": "${aws_api_gateway_deployment.it.id}", "stage_name": "v1"}
        },
    }


def test_a_method_has_its_integration_after_a_replacement(cloud: Cloud, tmp_path: Path) -> None:
    driver = Driver(environ=cloud.environment, output=tmp_path, log=tmp_path / "log")
    stack = Stack(
        id="api-stack",
        folder=tmp_path,
        dependencies=frozenset(),
        reads={},
        backend={},
        protected=(),
        existing=frozenset(),
    )
    terraform = Terraform(folder=tmp_path, cloud=cloud)
    for kind in ("MOCK", "HTTP_PROXY"):
        integration = {"uri": "https://bank.example", "integration_http_method": "GET"} if kind == "HTTP_PROXY" else {}
        published = _published(kind)
        published["aws_api_gateway_integration"]["it"] |= integration
        terraform.configure({"resource": published})
        driver.deploy(stack)

    apigateway = client(cloud, "apigateway")
    (api,) = [each["id"] for each in apigateway.get_rest_apis()["items"] if each["name"] == "replaced-integration"]
    (root,) = apigateway.get_resources(restApiId=api)["items"]
    found = apigateway.get_integration(restApiId=api, resourceId=root["id"], httpMethod="GET")
    assert found["type"] == "HTTP_PROXY"
    terraform.plan()
    _destroy(terraform)


def test_two_runs_at_once_keep_their_own_default_tags(cloud: Cloud, tmp_path: Path) -> None:
    def deploy(owner: str) -> Terraform:
        folder = tmp_path / owner
        terraform = _initialized(folder, cloud, {"aws_sqs_queue": {"it": {"name": f"owned-by-{owner}"}}})
        document = json.loads((folder / "main.tf.json").read_text())
        document["provider"]["aws"]["default_tags"] = {"tags": {"Owner": owner}}
        (folder / "main.tf.json").write_text(json.dumps(document))
        terraform.apply()
        return terraform

    owners = ("one", "two")
    with ThreadPoolExecutor() as pool:
        terraforms = list(pool.map(deploy, owners))
    sqs = client(cloud, "sqs")
    for owner, terraform in zip(owners, terraforms, strict=True):
        url = sqs.get_queue_url(QueueName=f"owned-by-{owner}")["QueueUrl"]
        assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"Owner": owner}
        _destroy(terraform)


def test_another_account_than_the_allowed_ones_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    terraform = _initialized(tmp_path, cloud, {"aws_sqs_queue": {"it": {"name": "refused"}}})
    document = json.loads((tmp_path / "main.tf.json").read_text())
    document["provider"]["aws"]["allowed_account_ids"] = ["111111111111"]
    (tmp_path / "main.tf.json").write_text(json.dumps(document))
    assert "allowed_account_ids has only 111111111111" in terraform.plan(expected=1)


def test_a_new_resource_that_depends_on_another_is_planned_as_a_whole(cloud: Cloud, tmp_path: Path) -> None:
    queue = {"name": "planned", "redrive_policy": '{"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}"}'}
    terraform = _initialized(tmp_path, cloud, {"aws_sqs_queue": {"it": queue, "dead": {"name": "planned-dead"}}})
    assert "Plan: 2 to add" in terraform.plan(expected=CHANGE)
