"""The workflow of large reports: what it shares with that of small ones, its Map, its permissions, its rule."""

import json
from typing import Any

import pytest

from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.errors import TEMPORARY_ERROR
from shared.contracts.uploads import is_large
from tests.synth.state_machine import LARGE, LARGE_FUNCTIONS, LARGE_STATES, START, STATES, next_states, reached_from
from tests.synth.synthesis import Synthesis, settings_of

OF_THE_MAIN_PATH = {"Validation", "Load", "Loaded", "NothingLoaded", "Notification"}


def machine(synthesis: Synthesis) -> dict[str, Any]:
    return synthesis.one("aws_sfn_state_machine", "large-load").body


def definition(synthesis: Synthesis) -> dict[str, Any]:
    text = machine(synthesis)["definition"]
    found: dict[str, Any] = json.loads(text)
    return found


def statements(synthesis: Synthesis, role: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(synthesis.one("aws_iam_role_policy", role).body["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


def test_beside_the_main_path_both_workflows_are_the_same() -> None:
    assert LARGE["StartAt"] == START
    assert {name: state for name, state in LARGE_STATES.items() if name not in OF_THE_MAIN_PATH} == {
        name: state for name, state in STATES.items() if name not in OF_THE_MAIN_PATH
    }


def test_every_state_is_reached_and_leads_on_or_ends() -> None:
    assert reached_from(START, LARGE_STATES) == LARGE_STATES.keys()
    for name, state in LARGE_STATES.items():
        assert list(next_states(state)) or state["Type"] in {"Succeed", "Fail"}, name


def test_a_large_report_is_validated_loaded_and_its_outcome_published() -> None:
    follow = {name: LARGE_STATES[name]["Next"] for name in ("Validation", "Load", "Loaded", "Notification")}
    assert follow == {"Validation": "Route", "Load": "Loaded", "Loaded": "Notification", "Notification": "Done"}
    assert LARGE_STATES["NothingLoaded"]["Next"] == "Notification"


@pytest.mark.parametrize("name", ["Validation", "Load", "Notification"])
def test_every_error_is_caught_with_what_it_was(name: str) -> None:
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "DescribeFailure"}
    assert LARGE_STATES[name]["Catch"][-1] == catch


def test_a_map_that_could_not_read_its_ranges_is_run_again_because_none_has_begun() -> None:
    (retry,) = LARGE_STATES["Load"]["Retry"]
    assert (retry["ErrorEquals"], retry["MaxAttempts"]) == (["States.ItemReaderFailed"], 3)


def test_a_report_is_loaded_even_if_the_result_that_no_one_reads_could_not_be_written() -> None:
    first = LARGE_STATES["Load"]["Catch"][0]
    assert first == {"ErrorEquals": ["States.ResultWriterFailed"], "ResultPath": None, "Next": "Loaded"}


@pytest.mark.parametrize("name", ["Validation", "Notification"])
def test_a_call_of_minutes_is_not_repeated_as_often_as_one_that_did_not_begin(name: str) -> None:
    throttled, others = LARGE_FUNCTIONS[name]["Retry"]
    assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert {TEMPORARY_ERROR, "Sandbox.Timedout", "States.Timeout"} < set(others["ErrorEquals"])
    assert throttled["MaxAttempts"] > others["MaxAttempts"] > 0


def test_ranges_are_read_from_the_manifest_and_each_is_an_express_execution() -> None:
    load = LARGE_STATES["Load"]
    assert load["ItemReader"] == {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSONL"},
        "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.manifest.key"},
    }
    assert load["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    assert load["ItemSelector"]["range.$"] == "$$.Map.Item.Value"
    # A range that fails ends the Map: a report is loaded as a whole.
    assert not [name for name in load if name.startswith("Tolerated")]


def test_one_report_loads_as_many_ranges_at_once_as_the_settings_say(dev: Synthesis, local: Synthesis) -> None:
    assert definition(dev)["States"]["Load"]["MaxConcurrency"] == settings_of("dev").large_load_concurrency == 16
    assert definition(local)["States"]["Load"]["MaxConcurrency"] == 2


def test_the_machine_is_standard_traced_and_logged(environment: Synthesis) -> None:
    body = machine(environment)
    assert body["type"] == "STANDARD"
    assert body["tracing_configuration"] == {"enabled": True}
    log = environment.one("aws_cloudwatch_log_group", "large-load")
    assert log.body["name"] == f"/aws/vendedlogs/states/txn-large-load-{environment.suffix}"
    assert body["logging_configuration"]["log_destination"] == f"${{{log.address}.arn}}:*"
    assert environment.one("aws_iam_role_policy", "large-load").address in body["depends_on"]


def test_it_runs_the_functions_for_large_reports(dev: Synthesis) -> None:
    running = statements(dev, "large-load")["RunItsSteps"]
    functions = ("large-validation", "transformation", "large-notification")
    assert running["Resource"] == [f"${{{dev.one('aws_lambda_function', name).address}.arn}}" for name in functions]


def test_it_may_run_ranges_as_executions_of_itself_only(dev: Synthesis) -> None:
    own = statements(dev, "large-load")
    others = statements(dev, "load").keys()
    here = "arn:aws:states:eu-central-1:123456789012"
    assert machine(dev)["name"] == "txn-large-load-dev"
    label = LARGE_STATES["Load"]["Label"]
    assert {
        (action, resource.rpartition("arn}")[2])
        for name, each in own.items()
        if name not in others
        for action in each["Action"]
        for resource in each["Resource"]
    } == {
        ("states:StartExecution", f"{here}:stateMachine:txn-large-load-dev"),
        ("states:DescribeExecution", f"{here}:execution:txn-large-load-dev:*"),
        ("states:DescribeExecution", f"{here}:execution:txn-large-load-dev/{label}:*"),
        ("states:StopExecution", f"{here}:execution:txn-large-load-dev:*"),
        ("states:StopExecution", f"{here}:execution:txn-large-load-dev/{label}:*"),
        ("s3:GetObject", "/manifests/*"),
        ("s3:GetObject", "/map-results/*"),
        ("s3:PutObject", "/map-results/*"),
        ("s3:AbortMultipartUpload", "/map-results/*"),
        ("s3:ListMultipartUploadParts", "/map-results/*"),
    }
    assert others < own.keys()


def test_an_event_starts_the_workflow_of_its_objects_size(dev: Synthesis) -> None:
    rules = {each.address: json.loads(each.body["event_pattern"]) for each in stored_rules(dev)}
    sizes = {address: pattern["detail"]["object"].pop("size") for address, pattern in rules.items()}
    assert len({json.dumps(pattern) for pattern in rules.values()}) == 1
    targets = {each.body["rule"]: each.body["arn"] for each in dev.of("aws_cloudwatch_event_target")}
    started = {targets[f"${{{address}.name}}"]: size for address, size in sizes.items()}
    assert started == {
        f"${{{dev.one('aws_sfn_state_machine', 'load').address}.arn}}": [{"numeric": ["<=", MAX_REPORT_BYTES]}],
        f"${{{dev.one('aws_sfn_state_machine', 'large-load').address}.arn}}": [{"numeric": [">", MAX_REPORT_BYTES]}],
    }
    assert (is_large(MAX_REPORT_BYTES), is_large(MAX_REPORT_BYTES + 1)) == (False, True)


def test_both_rules_keep_their_undeliverable_events_in_one_queue(dev: Synthesis) -> None:
    targets = [each.body for each in dev.of("aws_cloudwatch_event_target") if "dead_letter_config" in each.body]
    assert len(targets) == 2
    assert len({each["dead_letter_config"]["arn"] for each in targets}) == 1
    assert {each["retry_policy"]["maximum_event_age_in_seconds"] for each in targets} == {3600}


def test_a_large_workflow_that_runs_out_of_time_alarms(dev: Synthesis) -> None:
    alarm = dev.one("aws_cloudwatch_metric_alarm", "large-load-timeouts").body
    assert alarm["alarm_name"] == "txn-large-load-timeouts-dev"
    assert dev.one("aws_sfn_state_machine", "large-load").id in alarm["dimensions"]["StateMachineArn"]


def test_validation_of_a_large_report_has_a_core_the_longest_time_and_the_largest_disk(dev: Synthesis) -> None:
    functions = {
        name: dev.one("aws_lambda_function", name).body for name in ("large-validation", "large-notification", "intake")
    }
    assert {name: each["ephemeral_storage"] for name, each in functions.items()} == {
        "large-validation": {"size": 10_240},
        "large-notification": {"size": 512},
        "intake": {"size": 512},
    }
    assert (functions["large-validation"]["timeout"], functions["large-notification"]["timeout"]) == (900, 300)


@pytest.mark.parametrize("name", ["validation", "notification"])
def test_a_function_for_large_reports_runs_the_code_of_small_ones(dev: Synthesis, name: str) -> None:
    small, large = (dev.one("aws_lambda_function", each).body for each in (name, f"large-{name}"))
    assert small["handler"] == large["handler"] == f"functions.{name}.handler.handle"


def stored_rules(synthesis: Synthesis) -> list[Any]:
    return [each for each in synthesis.of("aws_cloudwatch_event_rule") if "event_pattern" in each.body]
