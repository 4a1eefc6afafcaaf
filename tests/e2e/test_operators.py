"""Two environments side by side in one account, with their state in its S3; from the bootstrap to the destroy."""

import json
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from local.cloud.clients import ACCOUNT_ID, REGION
from shared.contracts.uploads import UploadStatus
from shared.infra.naming import SharedNamer
from shared.infra.rights.reach import REACHES
from tests.e2e.identities import identities
from tests.e2e.inventory import arns_with_tag, names_with_suffix
from tests.e2e.operators import Account, Operator, write_settings
from tests.e2e.reports import fresh_report, send_and_follow
from tests.effort import nightly
from tests.outcomes import validated
from tools.client.api import ApiClient
from tools.operations.cdktf.changes import MASK
from tools.operations.state.lock_table import LockTable

pytestmark = pytest.mark.e2e
NAMES = SharedNamer(account_id=ACCOUNT_ID, region=REGION)
CONTACT_QUEUE = "nordbank-outcomes"
STACKS = ("data-stack", "compute-stack", "api-stack")
KINDS = {
    "bucket", "table", "queue", "topic", "function", "role", "log group", "state machine", "rule", "alarm", "REST API",
    "usage plan", "API key", "web ACL", "dashboard", "metric filter",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Two:
    """Two deployed environments, and what was seen on the way."""

    one: Operator
    other: Operator
    """Works from a fresh clone, with the plain CLI; its bank nordbank has a notification endpoint."""
    first_diff: str
    """What `diff` printed before there was anything in the account."""
    bootstrapped: dict[str, Any]
    """What identifies the state-stack's resources, before the clone was there."""


@pytest.fixture(scope="module")
def two(empty_account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    contact = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{CONTACT_QUEUE}"
    settings = write_settings(tmp_path_factory.mktemp("settings") / "contact", contact=f'"{contact}"')
    empty_account.cloud.sqs.create_queue(QueueName=CONTACT_QUEUE)
    with (
        empty_account.operator("s3a") as one,
        empty_account.operator("s3b", settings=settings, cloned=True) as other,
    ):
        first_diff = one.must("diff")
        one.must("deploy")
        bootstrapped = shared_things(one)
        other.cdktf("deploy", "*", "--auto-approve", "--no-color")
        yield Two(one=one, other=other, first_diff=first_diff, bootstrapped=bootstrapped)


def shared_things(operator: Operator) -> dict[str, Any]:
    names = (NAMES.state_bucket, NAMES.lock_table, NAMES.api_logging_role)
    return {name: id_ for name, id_ in identities(operator.cloud).items() if name.endswith(names)}


def test_a_diff_before_the_bootstrap_plans_the_state_stack_and_names_what_has_to_wait(two: Two) -> None:
    assert re.search(r"state-stack:\n.*Plan: \d+ to add", two.first_diff, re.DOTALL)
    for stack in STACKS:
        assert f"{stack}: cannot be planned yet: the bucket for its state, {NAMES.state_bucket}," in two.first_diff


def test_cdktf_deploy_in_a_fresh_clone_adopts_the_bootstrap_and_creates_nothing_of_it_again(two: Two) -> None:
    assert len(two.bootstrapped) == 3
    assert shared_things(two.other) == two.bootstrapped
    # Not by what cdktf printed: it sometimes drops the end of a stack's output.
    synthesized = json.loads((two.other.run.synthesized / "stacks/state-stack/cdk.tf.json").read_bytes())
    assert len(synthesized["import"]) == len(two.bootstrapped) + len(REACHES)  # and the boundaries


def test_each_state_is_stored_under_its_environment_encrypted_and_unlocked(two: Two) -> None:
    cloud = two.one.cloud
    s3 = cloud.client("s3")
    states = {each["Key"] for each in s3.list_objects_v2(Bucket=NAMES.state_bucket)["Contents"]}
    assert states >= {f"{suffix}/{stack}.tfstate" for suffix in ("s3a", "s3b") for stack in STACKS}
    encryption = {s3.head_object(Bucket=NAMES.state_bucket, Key=key)["ServerSideEncryption"] for key in states}
    assert encryption == {"AES256"}
    items = cloud.dynamodb.scan(TableName=NAMES.lock_table)["Items"]
    assert {f"{NAMES.state_bucket}/{key}-md5" for key in states} <= {item["LockID"]["S"] for item in items}
    assert not [item for item in items if "Info" in item and "/s3" in item["LockID"]["S"]]


def test_two_environments_have_the_same_things_and_no_name_in_common(two: Two) -> None:
    one, other = (names_with_suffix(each.cloud, each.suffix) for each in (two.one, two.other))
    assert {kind: [name.removesuffix("-s3a") for name in names] for kind, names in one.items()} == {
        kind: [name.removesuffix("-s3b") for name in names] for kind, names in other.items()
    }
    assert one.keys() == KINDS
    assert not set(arns_with_tag(two.one.cloud, "s3a")) & set(arns_with_tag(two.one.cloud, "s3b"))


def test_each_stage_has_its_web_acl_and_each_intake_its_executions(two: Two) -> None:
    for operator in (two.one, two.other):
        cloud, suffix = operator.cloud, operator.suffix
        waf = cloud.session.client("wafv2", endpoint_url=cloud.endpoint_url)
        (api,) = [
            each["id"] for each in cloud.apigateway.get_rest_apis()["items"] if each["name"] == f"txn-api-{suffix}"
        ]
        stage = f"arn:aws:apigateway:{REGION}::/restapis/{api}/stages/v1"
        assert waf.get_web_acl_for_resource(ResourceArn=stage)["WebACL"]["Name"] == f"txn-api-{suffix}"
        reserved = cloud.lambda_.get_function_concurrency(FunctionName=f"txn-intake-{suffix}")
        assert reserved["ReservedConcurrentExecutions"] == 10


@contextmanager
def terraform_at_work(operator: Operator) -> Iterator["subprocess.Popen[str]"]:
    """A Terraform that holds the lock on data-stack's state while it waits for a yes."""
    folder = operator.run.synthesized / "stacks" / "data-stack"
    environ = dict(operator.environ) | {"TF_INPUT": "1"}
    with subprocess.Popen(
        ["terraform", "destroy", "-no-color"],
        cwd=folder,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        seen = ""
        while "Do you really want to destroy" not in seen:
            line = process.stdout.readline()
            assert line, seen
            seen += line
        try:
            yield process
        finally:
            process.kill()


def test_a_deploy_reports_the_holder_of_a_lock_and_only_a_dead_holders_lock_is_freed(
    two: Two,
) -> None:
    before = arns_with_tag(two.one.cloud, "s3a")
    with terraform_at_work(two.one) as holder:
        refused = two.one.do("deploy", "data-stack")
        assert refused.code == 1
        assert re.search(r"data-stack is locked by \S+@\S+ since \d{4}-\d\d-\d\d \S+ UTC \(\d+ min\)", refused.output)
        assert "./dev unlock" in refused.output
        kept = two.one.do("unlock")
        # Beside it, a Terraform of another test may have started whose state is not known yet.
        named = re.search(rf"\(process [\d, ]*\b{holder.pid}\b", kept.output)
        assert (kept.code, bool(named)) == (1, True), kept.output
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    freed = two.one.do("unlock")
    assert (freed.code, "freed" in freed.output) == (0, True), freed.output
    assert "No state of s3a is locked." in two.one.must("unlock")
    assert two.one.must("deploy").count("-stack: no changes.") == len(STACKS) + 1
    assert arns_with_tag(two.one.cloud, "s3a") == before


def test_a_newer_lock_that_was_taken_in_between_is_not_freed(two: Two) -> None:
    cloud, path = two.one.cloud, f"{NAMES.state_bucket}/s3c/data-stack.tfstate"
    table = LockTable(
        dynamodb=cloud.dynamodb,
        s3=cloud.client("s3"),
        table=NAMES.lock_table,
        bucket=NAMES.state_bucket,
        suffix="s3c",
    )

    def lock(id_: str) -> None:
        fields = {
            "ID": id_,
            "Path": path,
            "Operation": "OperationTypePlan",
            "Who": "a@b",
            "Created": "2026-11-23T17:01:02Z",
        }
        item = {"LockID": {"S": path}, "Info": {"S": json.dumps(fields)}}
        cloud.dynamodb.put_item(TableName=NAMES.lock_table, Item=item)

    lock("old")
    (old,) = table.held()
    lock("new")
    assert not table.free(old)
    (new,) = table.held()
    assert new.lock.id == "new"
    assert table.free(new)
    assert not table.held()


@nightly  # samples: tests/unit/tools/operations/test_unlock.py, and the test of a lock above
def test_a_deploy_reports_a_checksum_that_was_not_written_and_unlock_fixes_it(two: Two) -> None:
    key = {"LockID": {"S": f"{NAMES.state_bucket}/s3a/data-stack.tfstate-md5"}}
    two.one.cloud.dynamodb.put_item(TableName=NAMES.lock_table, Item={**key, "Digest": {"S": "0" * 32}})
    assert "Fix it: ./dev unlock" in two.one.do("deploy", "data-stack").output
    assert "s3a/data-stack.tfstate was not written" in two.one.must("unlock")
    item = two.one.cloud.dynamodb.get_item(TableName=NAMES.lock_table, Key=key)["Item"]
    assert item["Digest"]["S"] != "0" * 32


@nightly  # sample: tests/unit/tools/operations/test_deploy.py
def test_only_the_approved_plan_is_deployed_and_its_summary_names_no_contact(two: Two, tmp_path: Path) -> None:
    def with_contact(address: str) -> Operator:
        settings = write_settings(tmp_path / address.partition("@")[0], contact=f'"{address}"')
        return replace(two.one, environ={**two.one.environ, "TXN_SETTINGS": str(settings)})

    def subscribed() -> set[str]:
        sns = two.one.cloud.client("sns")
        return {each["Endpoint"] for each in sns.list_subscriptions()["Subscriptions"]} & {planned, other}

    planned, other = "planned@nordbank.example", "other@nordbank.example"
    summary, digests = tmp_path / "plan.txt", tmp_path / "digests.json"
    shown = with_contact(planned).must("diff", "data-stack", "--summary", str(summary), "--digests", str(digests))
    text = summary.read_text()
    assert re.search(r'aws_sns_topic_subscription.*\+ endpoint += "\(masked\)".*Plan: 1 to add', text, re.DOTALL)
    assert planned not in text + shown + digests.read_text() + two.one.log("diff").read_text()

    stopped = with_contact(other).do("deploy", "data-stack", "--approved", str(digests))
    assert (stopped.code, "The plan of data-stack is not the one that was approved" in stopped.output) == (1, True)
    assert not subscribed()

    with_contact(planned).must("deploy", "data-stack", "--approved", str(digests))
    assert subscribed() == {planned}


def test_a_notification_endpoint_receives_the_outcomes_of_its_own_bank_only(two: Two, tmp_path: Path) -> None:
    # MiniStack lets a topic send to any queue; AWS checks the queue's policy.
    pipeline, sqs, sent = two.other.pipeline(), two.other.cloud.sqs, dict[str, str]()
    for bank_id in ("bayside", "nordbank"):
        report = tmp_path / f"{bank_id}.csv"
        report.write_bytes(fresh_report(bank_id))
        sent[bank_id] = send_and_follow(pipeline, bank_id, report).upload_id
    answer = sqs.receive_message(
        QueueUrl=sqs.get_queue_url(QueueName=CONTACT_QUEUE)["QueueUrl"],
        WaitTimeSeconds=10,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
    )
    (message,) = answer["Messages"]
    body = validated(json.loads(message["Body"]))
    assert (body["bank_id"], body["upload_id"], body["status"]) == ("nordbank", sent["nordbank"], "COMPLETED")
    assert message["MessageAttributes"]["bank_id"]["StringValue"] == "nordbank"


def lose_state(operator: Operator, stack: str) -> None:
    """Delete a stack's state and its checksum."""
    path, cloud = f"{operator.suffix}/{stack}.tfstate", operator.cloud
    cloud.client("s3").delete_object(Bucket=NAMES.state_bucket, Key=path)
    key = {"LockID": {"S": f"{NAMES.state_bucket}/{path}-md5"}}
    cloud.dynamodb.delete_item(TableName=NAMES.lock_table, Key=key)


class Submitting(threading.Thread):
    """A bank that submits one report after the other, with the key that it has at the time."""

    def __init__(self, client: ApiClient) -> None:
        super().__init__()
        self.client = client
        self.answers: list[int] = []
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(0.5):  # without a pause, the uploads slow the deployment down
            self.answers.append(self.client.upload("report.csv", fresh_report("nordbank", rows=1)).status)

    def end(self) -> None:
        self._end.set()
        self.join()


def test_a_key_is_replaced_while_uploads_go_on_and_no_plan_shows_it(two: Two) -> None:
    operator, settings = two.other, Path(two.other.environ["TXN_SETTINGS"]).with_suffix(".toml")
    url, old = operator.pipeline().api_url, operator.pipeline().keys["nordbank"]
    before = settings.read_text(encoding="utf-8")

    def key(name: str) -> str:
        (found,) = operator.cloud.apigateway.get_api_keys(nameQuery=name, includeValues=True)["items"]
        return found["value"]

    bank = Submitting(ApiClient(url=url, api_key=old))
    bank.start()
    try:
        assert "./dev keys show nordbank b" in operator.must("keys", "create", "nordbank", "--auto-approve")
        bank.client = ApiClient(url=url, api_key=key("txn-nordbank.b-s3b"))
        both = settings.read_text(encoding="utf-8")
        settings.write_text(both.replace('keys = ["a", "b"]', 'keys = ["b"]'), encoding="utf-8")
        diff = operator.must("diff", "api-stack")
        settings.write_text(both, encoding="utf-8")
        operator.must("keys", "revoke", "nordbank", "a", "--auto-approve")
    finally:
        bank.end()

    assert set(bank.answers) == {202}
    assert len(bank.answers) > 3
    assert bank.client.uploads("limit=1").status == 200
    assert ApiClient(url=url, api_key=old).uploads("limit=1").status == 403
    assert operator.pipeline().keys["nordbank"] == bank.client.api_key
    assert "value" in diff
    assert MASK in diff
    seen = diff + operator.log("diff").read_text(encoding="utf-8") + operator.log("keys").read_text(encoding="utf-8")
    assert old not in seen
    assert settings.read_text(encoding="utf-8") == before + 'keys = ["b"]\n'


def test_destroying_one_leaves_nothing_of_it_and_the_other_working_and_a_deploy_can_follow(
    two: Two, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    report.write_bytes(fresh_report("nordbank"))
    one, other = two.one, two.other
    send_and_follow(one.pipeline(), "nordbank", report)  # objects, versions and rows must not prevent the destroy
    theirs = names_with_suffix(other.cloud, "s3b")
    lose_state(one, "data-stack")

    printed = one.must("destroy")
    assert "data-stack: no resources are deployed, and " in printed
    assert "are ours that its state does not know" in printed
    assert not names_with_suffix(one.cloud, "s3a")
    assert not arns_with_tag(one.cloud, "s3a")

    assert names_with_suffix(other.cloud, "s3b") == theirs
    _assert_works_with_logs(other, report)

    # AWS blocks a deleted queue's name for 60 seconds, in which hashicorp/aws waits; MiniStack frees it at once. So
    # what is proved here is that the plan only creates, and that no other name is taken.
    one.must("deploy", "data-stack")
    assert re.search(r"Plan: \d+ to add, 0 to change, 0 to destroy\.", one.log("deploy").read_text())


def _assert_works_with_logs(operator: Operator, report: Path) -> None:
    pipeline = operator.pipeline()
    assert send_and_follow(pipeline, "nordbank", report).status is UploadStatus.COMPLETED
    cloud = operator.cloud
    # MiniStack writes no access log. What one needs is the stage's setting and the account's role: checked here.
    apigateway = cloud.apigateway
    (api,) = [each for each in apigateway.get_rest_apis()["items"] if each["name"].endswith(f"-{operator.suffix}")]
    (stage,) = apigateway.get_stages(restApiId=api["id"])["item"]
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    arn = stage["accessLogSettings"]["destinationArn"]
    assert arn in [each["arn"].removesuffix(":*") for each in groups]
    role = apigateway.get_account()["cloudwatchRoleArn"].rpartition("/")[2]
    assert cloud.client("iam").get_role(RoleName=role)["Role"]
