"""The workflow's definition: every state is reached, only what may help is retried, nothing is lost."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.errors import TEMPORARY_ERROR
from shared.contracts.objects import parse_report_key, report_key
from shared.contracts.outcomes import message_id
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from shared.contracts.workflow import DeadLetter
from stacks.compute.workflow.states import UPLOAD_ID
from tests.outcomes import validated
from tests.simulation.workflow.templates import resolve
from tests.synth.state_machine import FUNCTIONS, LARGE_STATES, START, STATES, TASKS, next_states, reached_from
from tests.synth.synthesis import Synthesis, settings_of, synthesize

CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException"
WRITES = ("MarkFailed", "RecordDeadLetter")


def fields(mapping: dict[str, Any]) -> set[str]:
    return {key.removesuffix(".$") for key in mapping}


def following(choice: str) -> dict[str, str]:
    """The first path that each rule of a Choice asks for -> the state that follows."""
    rules = STATES[choice]["Choices"]
    return {each.get("And", [each])[-1]["Variable"]: each["Next"] for each in rules} | {"": STATES[choice]["Default"]}


def test_every_state_is_reached_and_exists() -> None:
    assert reached_from(START) == STATES.keys()


def test_every_state_leads_on_or_ends() -> None:
    for name, state in STATES.items():
        assert list(next_states(state)) or state["Type"] in {"Succeed", "Fail"}, name


def test_every_choice_has_a_default() -> None:
    assert [name for name, state in STATES.items() if state["Type"] == "Choice" and "Default" not in state] == []


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_retried_and_every_error_of_it_caught(name: str) -> None:
    # Of Transformation, the Map around it catches the error; it is what the Map would have to retry.
    retried, caught = name != "Load", name != "Transformation"
    state = TASKS[name]
    assert bool(state.get("Retry")) is retried
    assert bool(state.get("Catch")) is caught
    if caught:
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_the_attempt_is_the_given_one_or_that_of_the_upload_or_a_new_one() -> None:
    assert following("FindAttempt") == {"$.give_up": "GiveUp", "$.attempt": "Validation", "": "ReadUpload"}
    assert following("HasAttempt") == {"$.read.Item.attempt.S": "AttemptOfUpload", "": "AttemptOfExecution"}
    paths = {"AttemptOfUpload": "$.read.Item.attempt.S", "AttemptOfExecution": "$$.Execution.Name"}
    for name, path in paths.items():
        state = {"Type": "Pass", "InputPath": path, "ResultPath": "$.attempt", "Next": "Validation"}
        assert STATES[name] == state


@pytest.mark.parametrize("name", ["ReadUpload", "FindUpload"])
def test_an_upload_is_read_after_all_writes_so_far_and_an_item_without_an_attempt_is_seen(name: str) -> None:
    parameters = STATES[name]["Parameters"]
    assert parameters["ConsistentRead"] is True
    assert parameters["ProjectionExpression"] == "upload_id, attempt"


def test_to_give_up_needs_the_attempt_and_no_function() -> None:
    assert STATES["FindAttempt"]["Choices"][0]["And"] == [
        {"Variable": "$.attempt", "IsPresent": True},
        {"Variable": "$.give_up", "IsPresent": True},
    ]
    assert (STATES["GiveUp"]["InputPath"], STATES["GiveUp"]["ResultPath"]) == ("$.give_up", "$.failure")
    assert STATES["GiveUp"]["Next"] == "DescribeFailure"


def test_without_knowing_the_attempt_nothing_is_written() -> None:
    assert STATES["ReadUpload"]["Catch"][0]["Next"] == "AttemptUnknown"
    assert STATES["AttemptUnknown"]["Next"] == "SendDeadLetter"


def test_a_report_is_validated_loaded_and_its_outcome_published() -> None:
    assert [STATES["Validation"]["Next"], STATES["Load"]["Next"], STATES["Notification"]["Next"]] == [
        "Route",
        "Notification",
        "Done",
    ]
    routes = {choice["StringEquals"]: choice["Next"] for choice in STATES["Route"]["Choices"]}
    assert routes == {"LOAD": "Load", "NOTIFY": "NothingLoaded", "FAIL": "FailedBefore", "END": "Done"}


@pytest.mark.parametrize("state", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_is_retried_only_where_that_may_help(state: dict[str, Any]) -> None:
    throttled, interrupted = state["Retry"]
    assert set(throttled["ErrorEquals"]) == {TEMPORARY_ERROR, "Lambda.TooManyRequestsException"}
    assert set(interrupted["ErrorEquals"]) == {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "States.Timeout",
    }
    assert throttled["MaxAttempts"] > interrupted["MaxAttempts"]
    for retrier in state["Retry"]:
        assert retrier["BackoffRate"] > 1
        assert retrier["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("name", ["Validation", "Load", "Notification"])
def test_every_other_error_is_caught_with_what_it_was(name: str) -> None:
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "DescribeFailure"}
    assert STATES[name]["Catch"] == [catch]


@pytest.mark.parametrize("name", ["MarkFailed", "FindUpload"])
def test_a_failed_call_does_not_prevent_the_dead_letter(name: str) -> None:
    assert STATES[name]["Catch"][-1] == {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "SendDeadLetter"}


@pytest.mark.parametrize("name", ["SendDeadLetter", "PublishFailed"])
def test_a_dead_letter_or_message_that_was_not_sent_is_not_recorded_so_the_sweeper_finds_the_upload(name: str) -> None:
    assert STATES[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Failed"}]
    recording = {each for each, state in STATES.items() if "RecordDeadLetter" in next_states(state)}
    assert recording == {"PublishFailed"}


def test_only_an_upload_that_is_marked_is_announced_as_failed() -> None:
    assert following("IsMarked") == {"$.outcome": "PublishFailed", "": "Failed"}
    assert STATES["MarkFailed"]["Next"] == "DescribeOutcome"


def test_the_failure_path_calls_no_function() -> None:
    for name in reached_from("DescribeFailure") | reached_from("AttemptUnknown"):
        assert "lambda" not in STATES[name].get("Resource", "")


def test_the_failure_path_ends_as_a_failure_unless_the_attempt_is_over() -> None:
    ends = {name for name in reached_from("DescribeFailure") if not list(next_states(STATES[name]))}
    assert {name: STATES[name]["Type"] for name in ends} == {"Failed": "Fail", "Superseded": "Succeed"}
    assert (STATES["Failed"]["ErrorPath"], STATES["Failed"]["CausePath"]) == ("$.error", "$.cause")


def test_failed_is_written_only_over_the_statuses_that_it_may_follow() -> None:
    parameters = STATES["MarkFailed"]["Parameters"]
    values = parameters["ExpressionAttributeValues"]
    unfinished = {f":{status.lower()}": {"S": status} for status in PREDECESSORS[UploadStatus.FAILED]}
    assert unfinished.items() <= values.items()
    again = "#status = :failed AND attribute_not_exists(dead_letter_at)"
    assert parameters["ConditionExpression"] == (
        "(attempt = :attempt OR attribute_not_exists(attempt)) AND "
        f"(#status IN ({', '.join(sorted(unfinished))}) OR ({again}))"
    )
    assert values[":failed"] == {"S": "FAILED"}


def test_an_upload_without_an_attempt_gets_the_one_that_failed() -> None:
    parameters = STATES["MarkFailed"]["Parameters"]
    assert "OR attribute_not_exists(attempt)" in parameters["ConditionExpression"]
    assert "attempt = :attempt" in parameters["UpdateExpression"]


def test_an_upload_that_failed_before_keeps_its_first_error() -> None:
    update = STATES["MarkFailed"]["Parameters"]["UpdateExpression"]
    assert "#error = if_not_exists(#error, :error)" in update
    assert STATES["FailedBefore"]["Next"] == "DescribeFailure"
    assert STATES["DescribeOutcome"]["Parameters"]["error.$"] == "$.marked.error"


def test_a_dead_letter_is_recorded_for_the_failed_attempt_and_takes_the_upload_from_the_sweeper() -> None:
    parameters = STATES["RecordDeadLetter"]["Parameters"]
    assert parameters["UpdateExpression"] == "SET dead_letter_at = :now, notified_at = :now REMOVE sweep, due_at"
    assert parameters["ConditionExpression"] == "attempt = :attempt AND #status = :failed"


@pytest.mark.parametrize("name", WRITES)
def test_every_write_is_conditional_on_the_attempt_and_its_condition_is_not_retried(name: str) -> None:
    parameters = STATES[name]["Parameters"]
    assert re.match(
        r"\(?attempt = :attempt( OR attribute_not_exists\(attempt\)\))? AND ", parameters["ConditionExpression"]
    )
    assert parameters["ExpressionAttributeValues"][":attempt"] == {"S.$": "$.attempt"}
    assert STATES[name]["Retry"][0] == {"ErrorEquals": [CONDITION_FAILED], "MaxAttempts": 0}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_uses_every_name_and_value_that_it_declares_or_dynamodb_would_reject_it(name: str) -> None:
    parameters = STATES[name]["Parameters"]
    words = set(re.findall(r"[:#]\w+", parameters["UpdateExpression"] + " " + parameters["ConditionExpression"]))
    assert words == {*parameters["ExpressionAttributeNames"], *parameters["ExpressionAttributeValues"]}


def test_an_execution_whose_attempt_is_over_ends_quietly_but_not_without_an_upload() -> None:
    first = STATES["MarkFailed"]["Catch"][0]
    assert first == {"ErrorEquals": [CONDITION_FAILED], "ResultPath": None, "Next": "FindUpload"}
    assert following("UploadExists") == {"$.read.Item": "Superseded", "": "SendDeadLetter"}


def test_the_outcome_has_the_attempt_that_failed() -> None:
    assert fields(STATES["DescribeOutcome"]["Parameters"]["outcome"]) == {
        "version",
        "message_id",
        "upload_id",
        "bank_id",
        "attempt",
        "status",
        "error",
    }
    published = STATES["PublishFailed"]["Parameters"]
    assert published["Message.$"] == "States.JsonToString($.outcome)"
    assert published["MessageAttributes"].keys() == {"bank_id", "status"}


@pytest.mark.parametrize("states", [STATES, LARGE_STATES], ids=["small", "large"])
def test_the_outcome_of_a_failure_is_as_published(states: dict[str, dict[str, Any]]) -> None:
    key = report_key("nordbank", "129ac7f4")
    context = {"Execution": {"Input": {"detail": {"object": {"key": key}}}}}
    data = {"attempt": "a1", "cause": "{}", "marked": {"bank_id": "nordbank", "error": "StuckError"}}
    described = resolve(states["DescribeOutcome"]["Parameters"], data, context)
    message = json.loads(resolve(states["PublishFailed"]["Parameters"], described, context)["Message"])
    assert validated(message) == {
        "version": 1,
        "message_id": message_id("129ac7f4", "a1", "FAILED"),
        "upload_id": "129ac7f4",
        "bank_id": "nordbank",
        "attempt": "a1",
        "status": "FAILED",
        "error": "StuckError",
    }


def test_a_dead_letter_has_all_that_a_rerun_needs_and_its_event_no_attempt() -> None:
    body = STATES["SendDeadLetter"]["Parameters"]["MessageBody"]
    assert fields(body) == DeadLetter.__required_keys__ | DeadLetter.__optional_keys__
    assert body["event"] == {"detail.$": "$$.Execution.Input.detail"}


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


def test_the_machine_is_express_traced_and_logged(environment: Synthesis) -> None:
    machine = environment.one("aws_sfn_state_machine", "load")
    assert machine.body["type"] == "EXPRESS"
    assert machine.body["tracing_configuration"] == {"enabled": True}
    log = environment.one("aws_cloudwatch_log_group", "load")
    assert log.body["name"] == f"/aws/vendedlogs/states/txn-load-{environment.suffix}"
    logging = machine.body["logging_configuration"]
    assert logging["level"] == "ALL"
    assert logging["log_destination"] == f"${{{log.address}.arn}}:*"


def test_what_an_execution_works_on_is_logged_only_where_a_setting_asks_and_only_for_so_long(
    prod: Synthesis, tmp_path: Path
) -> None:
    asked = synthesize(settings_of("prod", execution_data_days=3), tmp_path)
    for synthesis, logged, days in ((prod, False, 365), (asked, True, 3)):
        for name in ("load", "large-load"):
            logging = synthesis.one("aws_sfn_state_machine", name).body["logging_configuration"]
            assert logging["include_execution_data"] is logged
            assert synthesis.one("aws_cloudwatch_log_group", name).body["retention_in_days"] == days
        assert synthesis.one("aws_cloudwatch_log_group", "intake").body["retention_in_days"] == 365


def test_the_machine_has_its_permissions_before_it_starts(environment: Synthesis) -> None:
    policy = environment.one("aws_iam_role_policy", "load")
    assert policy.address in environment.one("aws_sfn_state_machine", "load").body["depends_on"]


def test_the_workflow_starts_for_reports_and_nothing_else(dev: Synthesis) -> None:
    pattern = json.loads(dev.one("aws_cloudwatch_event_rule", "report-stored_rule").body["event_pattern"])
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created"]
    assert pattern["detail"]["object"]["key"] == [{"prefix": "reports/"}]
    assert "reports_bucket" in json.dumps(pattern["detail"]["bucket"])


def test_every_rule_says_that_it_is_enabled(environment: Synthesis) -> None:
    # Not left to the default: then a rule that was disabled by hand is no difference, and no deploy enables it.
    rules = environment.of("aws_cloudwatch_event_rule")
    assert len(rules) == 3
    assert {each.body["state"] for each in rules} == {"ENABLED"}


def test_an_event_is_retried_for_an_hour_and_then_kept(dev: Synthesis) -> None:
    target = dev.one("aws_cloudwatch_event_target", "report-stored_target").body
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 30}
    assert "event-dead-letters_queue" in target["dead_letter_config"]["arn"]
    assert dev.one("aws_sqs_queue_policy", "report-stored").address in target["depends_on"]


def test_the_sweeper_runs_every_minute_and_a_call_that_fails_is_not_kept(dev: Synthesis) -> None:
    rule = dev.one("aws_cloudwatch_event_rule", "sweep")
    assert rule.body["schedule_expression"] == "rate(1 minute)"
    assert "event_pattern" not in rule.body
    target = dev.one("aws_cloudwatch_event_target", "sweep").body
    function = dev.one("aws_lambda_function", "sweeper")
    assert target["arn"] == f"${{{function.address}.arn}}"
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 60, "maximum_retry_attempts": 1}
    assert "dead_letter_config" not in target


def test_events_may_call_the_sweeper_for_its_rule_only(dev: Synthesis) -> None:
    permission = dev.one("aws_lambda_permission", "sweep")
    assert permission.body["principal"] == "events.amazonaws.com"
    assert permission.body["source_arn"] == f"${{{dev.one('aws_cloudwatch_event_rule', 'sweep').address}.arn}}"
    assert permission.address in dev.one("aws_cloudwatch_event_target", "sweep").body["depends_on"]
