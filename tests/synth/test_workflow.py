"""The workflow's definition: every state is reached, only temporary errors are retried, nothing is lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.errors import TEMPORARY_ERROR
from shared.contracts.objects import parse_report_key
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from shared.contracts.workflow import DeadLetter, NotificationInput, TransformationInput
from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.workflow.definition import WorkflowParts, definition
from stacks.compute.workflow.states import UPLOAD_ID
from tests.synth.synthesis import Synthesis

PARTS = WorkflowParts(
    validation=FunctionRef(name="validation", arn="arn:validation", invoke_arn="arn:invoke"),
    transformation=FunctionRef(name="transformation", arn="arn:transformation", invoke_arn="arn:invoke"),
    notification=FunctionRef(name="notification", arn="arn:notification", invoke_arn="arn:invoke"),
    uploads=TableRef(name="uploads", arn="arn:uploads"),
    outcomes=TopicRef(name="outcomes", arn="arn:outcomes"),
    dead_letters=QueueRef(name="dead-letters", arn="arn:dead-letters", url="https://dead-letters"),
)
STATES: dict[str, dict[str, Any]] = json.loads(definition(PARTS))["States"]
TRANSFORMATION: dict[str, Any] = STATES["Load"]["ItemProcessor"]["States"]["Transformation"]
FUNCTIONS = {
    "Validation": STATES["Validation"],
    "Transformation": TRANSFORMATION,
    "Notification": STATES["Notification"],
}


def next_states(state: dict[str, Any]) -> Iterator[str]:
    for branch in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


def reached_from(start: str) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(next_states(STATES[name]))
    return reached


def fields(mapping: dict[str, Any]) -> set[str]:
    return {key.removesuffix(".$") for key in mapping}


def test_every_state_is_reached_and_exists() -> None:
    assert reached_from("Validation") == STATES.keys()


def test_every_state_leads_on_or_ends() -> None:
    for name, state in STATES.items():
        assert list(next_states(state)) or state["Type"] in {"Succeed", "Fail"}, name


def test_a_report_is_validated_loaded_and_its_outcome_published() -> None:
    assert [STATES["Validation"]["Next"], STATES["Load"]["Next"], STATES["Notification"]["Next"]] == [
        "Route",
        "Notification",
        "Done",
    ]
    routes = {choice["StringEquals"]: choice["Next"] for choice in STATES["Route"]["Choices"]}
    assert routes == {"LOAD": "Load", "NOTIFY": "NothingLoaded", "END": "Done"}


@pytest.mark.parametrize("state", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_is_retried_only_where_that_may_help(state: dict[str, Any]) -> None:
    (retry,) = state["Retry"]
    assert set(retry["ErrorEquals"]) == {
        TEMPORARY_ERROR,
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    }
    assert retry["BackoffRate"] > 1
    assert retry["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("step", FUNCTIONS)
def test_a_step_that_uses_all_its_attempts_leaves_time_for_the_failure_path(dev: Synthesis, step: str) -> None:
    (retry,) = FUNCTIONS[step]["Retry"]
    seconds = dev.one("aws_lambda_function", step.lower()).body["timeout"]
    waits = [retry["IntervalSeconds"] * retry["BackoffRate"] ** before for before in range(retry["MaxAttempts"])]

    # An Express execution ends after five minutes, without reaching a Catch.
    assert (len(waits) + 1) * seconds + sum(waits) <= 270


@pytest.mark.parametrize("name", ["Validation", "Load", "Notification"])
def test_every_other_error_is_caught_with_what_it_was(name: str) -> None:
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "MarkFailed"}
    assert STATES[name]["Catch"] == [catch]


@pytest.mark.parametrize("name", ["MarkFailed", "PublishFailed"])
def test_neither_a_failed_write_nor_a_failed_message_prevents_the_dead_letter(name: str) -> None:
    assert STATES[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "SendDeadLetter"}]


def test_the_failure_path_calls_no_function() -> None:
    for name in reached_from("MarkFailed"):
        assert "lambda" not in STATES[name].get("Resource", "")


def test_the_failure_path_ends_as_a_failure() -> None:
    ends = {name for name in reached_from("MarkFailed") if not list(next_states(STATES[name]))}
    assert {STATES[name]["Type"] for name in ends} == {"Fail"}


def test_failed_is_written_only_over_the_statuses_that_it_may_follow() -> None:
    parameters = STATES["MarkFailed"]["Parameters"]
    condition = parameters["ConditionExpression"]
    values = parameters["ExpressionAttributeValues"]
    allowed = {value["S"] for key, value in values.items() if key in condition}
    assert allowed == PREDECESSORS[UploadStatus.FAILED]
    assert values[":failed"] == {"S": "FAILED"}


def test_a_write_of_failed_whose_condition_fails_is_not_retried() -> None:
    first = STATES["MarkFailed"]["Retry"][0]
    assert first == {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "MaxAttempts": 0}


def test_the_outcome_is_what_was_written() -> None:
    assert fields(STATES["MarkFailed"]["ResultSelector"]) == {"upload_id", "bank_id", "status", "error"}
    published = STATES["PublishFailed"]["Parameters"]
    assert published["Message.$"] == "States.JsonToString($.outcome)"
    assert published["MessageAttributes"].keys() == {"bank_id", "status"}


def test_a_dead_letter_has_all_that_a_rerun_needs() -> None:
    body = STATES["SendDeadLetter"]["Parameters"]["MessageBody"]
    assert fields(body) == DeadLetter.__required_keys__
    assert body["event.$"] == "$$.Execution.Input"


@pytest.mark.parametrize(
    ("key", "bank_id", "upload_id"),
    [("reports/nordbank/abc", "nordbank", "abc"), ("reports/garbage", "garbage", "-"), ("reports/", "-", "-")],
)
def test_any_key_has_ids_so_every_event_can_become_a_dead_letter(key: str, bank_id: str, upload_id: str) -> None:
    # What Step Functions makes of the intrinsics: Format fills in the key, StringSplit leaves out empty parts.
    assert "States.StringSplit(States.Format('{}/-/-', $$.Execution.Input.detail.object.key), '/'), 2)" in UPLOAD_ID
    parts = [part for part in f"{key}/-/-".split("/") if part]
    assert (parts[1], parts[2]) == (bank_id, upload_id)
    assert parse_report_key("reports/nordbank/abc").upload_id == "abc"


def test_transformation_receives_what_the_contract_says() -> None:
    assert fields(STATES["Load"]["ItemSelector"]) == TransformationInput.__required_keys__


def test_notification_receives_what_the_contract_says_even_if_nothing_was_loaded() -> None:
    assert fields(STATES["Notification"]["Parameters"]["Payload"]) == NotificationInput.__required_keys__
    nothing = STATES["NothingLoaded"]
    assert (nothing["Result"], nothing["ResultPath"], nothing["Next"]) == ([], "$.loads", "Notification")


def test_the_machine_is_express_traced_and_logged(environment: Synthesis) -> None:
    machine = environment.one("aws_sfn_state_machine")
    assert machine.body["type"] == "EXPRESS"
    assert machine.body["tracing_configuration"] == {"enabled": True}
    log = environment.one("aws_cloudwatch_log_group", "load")
    assert log.body["name"] == f"/aws/vendedlogs/states/txn-load-{environment.suffix}"
    logging = machine.body["logging_configuration"]
    assert logging["level"] == "ALL"
    assert logging["log_destination"] == f"${{{log.address}.arn}}:*"


def test_the_machine_has_its_permissions_before_it_starts(environment: Synthesis) -> None:
    policy = environment.one("aws_iam_role_policy", "load")
    assert policy.address in environment.one("aws_sfn_state_machine").body["depends_on"]


def test_the_workflow_starts_for_reports_and_nothing_else(dev: Synthesis) -> None:
    pattern = json.loads(dev.one("aws_cloudwatch_event_rule").body["event_pattern"])
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created"]
    assert pattern["detail"]["object"] == {"key": [{"prefix": "reports/"}]}
    assert "reports_bucket" in json.dumps(pattern["detail"]["bucket"])


def test_an_event_is_retried_for_an_hour_and_then_kept(dev: Synthesis) -> None:
    target = dev.one("aws_cloudwatch_event_target").body
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 30}
    assert "event-dead-letters_queue" in target["dead_letter_config"]["arn"]
    assert dev.one("aws_sqs_queue_policy", "report-stored").address in target["depends_on"]
