"""Every metric of an alarm exists, with its dimensions, and is of what the stacks make."""

import json
import re
from collections.abc import Mapping

import pytest

from shared.contracts import metrics
from shared.contracts.functions import FunctionName
from shared.infra.constructs.measured import MAX_METRICS, Measured, own, total
from tests.synth.alarms.synthesized import alarms_of, metrics_of, watch
from tests.synth.aws_metrics import AWS_METRICS
from tests.synth.references import referred
from tests.synth.synthesis import Resource, Synthesis

# Dimension -> the type of resource that it names.
NAMED_BY = {
    "ApiName": "aws_api_gateway_rest_api",
    "FunctionName": "aws_lambda_function",
    "QueueName": "aws_sqs_queue",
    "RuleName": "aws_cloudwatch_event_rule",
    "Stage": "aws_api_gateway_stage",
    "StateMachineArn": "aws_sfn_state_machine",
    "TableName": "aws_dynamodb_table",
    "TopicName": "aws_sns_topic",
}


def test_every_metric_exists_and_has_its_dimensions(environment: Synthesis) -> None:
    ours = {each.name: each for each in metrics.METRICS}
    for purpose, alarm in alarms_of(environment).items():
        for metric in metrics_of(alarm):
            name, dimensions = metric["metric_name"], frozenset(metric["dimensions"])
            if metric["namespace"] == metrics.NAMESPACE:
                expected = {"Environment", "Bank"} if ours[name].of_bank else {"Environment"}
                assert dimensions == expected, purpose
                assert metric["dimensions"]["Environment"] == environment.suffix, purpose
            else:
                service = AWS_METRICS[metric["namespace"]]
                assert name in service.names, purpose
                assert dimensions in service.dimensions, purpose


def test_dimensions_name_what_the_stacks_make(environment: Synthesis) -> None:
    for purpose, alarm in alarms_of(environment).items():
        for metric in metrics_of(alarm):
            dimensions = dict(metric["dimensions"])
            if metric["namespace"] == metrics.NAMESPACE:
                continue
            index = dimensions.pop("GlobalSecondaryIndexName", None)
            for dimension, value in dimensions.items():
                resource, _ = referred(value, alarm.stack, environment)
                assert resource.type == NAMED_BY[dimension], purpose
                assert resource.stack != "state-stack", purpose
                if index:
                    assert index in {each["name"] for each in resource.body["global_secondary_index"]}, purpose


def test_every_queue_table_index_function_rule_workflow_and_topic_is_watched(environment: Synthesis) -> None:
    watched = {
        referred(value, alarm.stack, environment)[0].address
        for alarm in alarms_of(environment).values()
        for metric in metrics_of(alarm)
        for value in metric["dimensions"].values()
        if value.startswith("${")
    }
    made = {
        each.address for each in environment.all() if each.type in NAMED_BY.values() and each.stack != "state-stack"
    }
    assert made == watched
    indexes = {
        (metric["dimensions"]["TableName"], metric["dimensions"].get("GlobalSecondaryIndexName", ""))
        for alarm in alarms_of(environment).values()
        for metric in metrics_of(alarm)
        if metric["namespace"] == "AWS/DynamoDB"
    }
    tables = [each for each in environment.of("aws_dynamodb_table") if each.stack != "state-stack"]
    assert len(indexes) == sum(1 + len(each.body.get("global_secondary_index", [])) for each in tables)


def test_the_throttles_of_all_functions_are_watched_once(environment: Synthesis) -> None:
    summed = [
        each["dimensions"]["FunctionName"]
        for purpose in ("api-throttles", "load-throttles")
        for each in metrics_of(alarms_of(environment)[purpose])
    ]
    assert len(summed) == len(set(summed)) == len(FunctionName)


def test_an_alarm_keeps_to_the_limits_of_cloudwatch(environment: Synthesis) -> None:
    for purpose, alarm in alarms_of(environment).items():
        assert len(list(metrics_of(alarm))) <= MAX_METRICS, purpose
        # "can't exceed one day", and seven for periods of an hour or more: user guide, "Common features of CloudWatch
        # alarms", and the API reference of PutMetricAlarm, "Period".
        period = watch(alarm, environment).period
        assert period * alarm.body["evaluation_periods"] <= (86_400 if period < 3_600 else 604_800), purpose
        for each in alarm.body.get("metric_query", []):
            assert re.fullmatch(r"[a-z][A-Za-z0-9_]*", each["id"]), purpose


def measured(number: int) -> list[Measured]:
    return [Measured(namespace="Test", name="Things", dimensions={"Number": str(each)}) for each in range(number)]


@pytest.mark.parametrize("number", [0, 11])
def test_a_sum_of_none_or_of_more_than_ten_metrics_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"Things: {number} metrics, but an alarm has 1 to 10"):
        total(measured(number), label="Things")
    assert len(total(measured(10), label="Things").metrics) == 10


def test_a_metric_of_one_bank_names_it_and_no_other_does() -> None:
    with pytest.raises(ValueError, match="ReportOverdue: bank ''"):
        own(metrics.REPORT_OVERDUE, environment="dev")
    with pytest.raises(ValueError, match="UploadsStuck: bank 'nordbank'"):
        own(metrics.UPLOADS_STUCK, environment="dev", bank_id="nordbank")


def filters(synthesis: Synthesis) -> Mapping[str, Resource]:
    return {
        each.body["metric_transformation"]["name"]: each for each in synthesis.of("aws_cloudwatch_log_metric_filter")
    }


def test_wrong_keys_and_exceeded_quotas_are_counted_in_the_access_log(environment: Synthesis) -> None:
    group = environment.one("aws_cloudwatch_log_group", "stage_access-log")
    access = environment.one("aws_api_gateway_stage").body["access_log_settings"]
    assert access["destination_arn"] == f"${{{group.address}.arn}}"
    fields = json.loads(access["format"])
    assert fields["environment"] == environment.suffix
    assert fields["error"] == "$context.error.responseType"
    errors = {"WrongKeys": "INVALID_API_KEY", "QuotasExceeded": "QUOTA_EXCEEDED"}
    assert filters(environment).keys() == errors.keys()
    answers = {each.body["response_type"] for each in environment.of("aws_api_gateway_gateway_response")}
    for name, each in filters(environment).items():
        assert each.body["log_group_name"] == f"${{{group.address}.name}}"
        assert each.body["pattern"] == f'{{ $.error = "{errors[name]}" }}'
        assert errors[name] in answers
        assert each.body["metric_transformation"] == {
            "name": name,
            "namespace": metrics.NAMESPACE,
            "value": "1",
            "unit": "Count",
            "dimensions": {"Environment": "$.environment"},
        }
