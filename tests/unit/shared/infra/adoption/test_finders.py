"""What the finders make of AWS's answers, where the local cloud cannot show it."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.infra.adoption import compute, rest_api, storage
from shared.infra.adoption.aws import NoAnswerError
from shared.infra.adoption.finders import FINDERS, GUARDED, NOT_ADOPTED, Find
from shared.infra.adoption.ownership import Found
from tests.unit.shared.infra.adoption.fakes import OURS, FakeAws

PAIRS = [{"Key": key, "Value": value} for key, value in OURS.items()]
NAMED = {"id": "i", "name": "n", "tags": OURS}
OTHER = {"id": "j", "name": "m", "tags": OURS}
ARN = "arn:aws:xray:eu-central-1:123456789012:group/txn/1"
REST = {"rest_api_id": "a"}
RESOURCES = {
    "items": [{"id": "r", "parentId": "/", "pathPart": "upload", "path": "/upload", "resourceMethods": {"GET": {}}}]
}
TOPIC = "arn:aws:sns:eu-central-1:123456789012:n"
POLICY = "arn:aws:iam::123456789012:policy/n"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.example.org"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:n"
SFN_TAGS = [{"key": key, "value": value} for key, value in OURS.items()]

# Type, names, AWS's answers, and the import id as the documentation of hashicorp/aws 6.25 has it.
TAGGED: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    ("aws_s3_bucket", {"bucket": "n"}, {"get_bucket_tagging": {"TagSet": PAIRS}}, "n"),
    (
        "aws_dynamodb_table",
        {"name": "n"},
        {"describe_table": {"Table": {"TableArn": "arn"}}, "list_tags_of_resource arn": {"Tags": PAIRS}},
        "n",
    ),
    (
        "aws_sqs_queue",
        {"name": "n"},
        {"get_queue_url": {"QueueUrl": "url"}, "list_queue_tags url": {"Tags": OURS}},
        "url",
    ),
    (
        "aws_sns_topic",
        {"name": "n"},
        {f"get_topic_attributes {TOPIC}": {}, f"list_tags_for_resource {TOPIC}": {"Tags": PAIRS}},
        TOPIC,
    ),
    ("aws_api_gateway_domain_name", {"domain_name": "n"}, {"get_domain_name n": {"tags": OURS}}, "n"),
    (
        "aws_wafv2_web_acl",
        {"name": "n"},
        {
            "list_web_acls 2": {"WebACLs": [{"Name": "n", "Id": "i", "ARN": "arn"}]},
            "list_web_acls REGIONAL": {"WebACLs": [{"Name": "m", "Id": "j", "ARN": "other"}], "NextMarker": "2"},
            "list_tags_for_resource arn": {"TagInfoForResource": {"TagList": PAIRS}},
        },
        "i/n/REGIONAL",
    ),
    ("aws_lambda_function", {"function_name": "n"}, {"get_function n": {"Tags": OURS}}, "n"),
    (
        "aws_cloudwatch_dashboard",
        {"dashboard_name": "n"},
        {"get_dashboard n": {"DashboardBody": '{"markdown": "Application=transaction-pipeline, Environment=dev"}'}},
        "n",
    ),
    ("aws_iam_role", {"name": "n"}, {"get_role n": {"Role": {"Tags": PAIRS}}}, "n"),
    ("aws_iam_policy", {"name": "n"}, {f"get_policy {POLICY}": {"Policy": {"Tags": PAIRS}}}, POLICY),
    (
        "aws_iam_openid_connect_provider",
        {"url": "https://token.example.org"},
        {f"get_open_id_connect_provider {PROVIDER}": {"Tags": PAIRS}},
        PROVIDER,
    ),
    (
        "aws_sfn_state_machine",
        {"name": "n"},
        {f"describe_state_machine {MACHINE}": {}, f"list_tags_for_resource {MACHINE}": {"tags": SFN_TAGS}},
        MACHINE,
    ),
    (
        "aws_cloudwatch_event_rule",
        {"name": "n"},
        {"describe_rule n": {"Arn": "arn"}, "list_tags_for_resource arn": {"Tags": PAIRS}},
        "default/n",
    ),
    (
        "aws_cloudwatch_metric_alarm",
        {"alarm_name": "n"},
        {
            "describe_alarms": {"MetricAlarms": [{"AlarmName": name, "AlarmArn": name} for name in ("m", "n")]},
            "list_tags_for_resource n": {"Tags": PAIRS},
        },
        "n",
    ),
    ("aws_api_gateway_usage_plan", {"name": "n"}, {"get_usage_plans": {"items": [NAMED, OTHER]}}, "i"),
    ("aws_api_gateway_api_key", {"name": "n"}, {"get_api_keys": {"items": [OTHER, NAMED]}}, "i"),
]
UNTAGGED: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    (
        "aws_api_gateway_base_path_mapping",
        {"domain_name": "d", "base_path": "v1"},
        {"get_base_path_mapping": {}},
        "d/v1",
    ),
    ("aws_api_gateway_usage_plan_key", {"usage_plan_id": "p", "key_id": "k"}, {"get_usage_plan_key": {}}, "p/k"),
    (
        "aws_api_gateway_resource",
        {**REST, "parent_id": "/", "path_part": "upload"},
        {"get_resources": RESOURCES},
        "a/r",
    ),
    (
        "aws_api_gateway_method",
        {**REST, "resource_id": "r", "http_method": "GET"},
        {"get_resources": RESOURCES},
        "a/r/GET",
    ),
    (
        "aws_api_gateway_request_validator",
        {**REST, "name": "n"},
        {"get_request_validators a": {"items": [OTHER, NAMED]}},
        "a/i",
    ),
    ("aws_api_gateway_model", {**REST, "name": "Declaration"}, {"get_model": {}}, "a/Declaration"),
    ("aws_api_gateway_stage", {**REST, "stage_name": "v1"}, {"get_stage": {}}, "a/v1"),
]


def found(find: Find, names: Mapping[str, str], answers: Mapping[str, Any]) -> list[Found]:
    return list(find(FakeAws(answers), names))


def test_no_type_is_both_adopted_and_not() -> None:
    assert FINDERS.keys() & NOT_ADOPTED.keys() == set()


@pytest.mark.parametrize(("type_", "names", "answers", "import_id"), TAGGED)
def test_what_has_tags_is_found_with_them(
    type_: str, names: dict[str, str], answers: dict[str, Any], import_id: str
) -> None:
    (one,) = found(FINDERS[type_].find, names, answers)
    assert (one.import_id, one.tags) == (import_id, OURS)
    assert not found(FINDERS[type_].find, names, {})


@pytest.mark.parametrize(("type_", "names", "answers", "import_id"), UNTAGGED)
def test_a_part_of_a_resource_is_found_by_its_exact_name(
    type_: str, names: dict[str, str], answers: dict[str, Any], import_id: str
) -> None:
    (one,) = found(FINDERS[type_].find, names, answers)
    assert (one.import_id, one.tags) == (import_id, None)
    last = list(names)[-1]
    if type_ not in {
        "aws_api_gateway_usage_plan_key",
        "aws_api_gateway_model",
        "aws_api_gateway_stage",
        "aws_api_gateway_base_path_mapping",
    }:  # asked for by name
        assert not found(FINDERS[type_].find, {**names, last: "other"}, answers)
    assert not found(FINDERS[type_].find, names, {})


def test_an_x_ray_group_is_imported_by_its_arn() -> None:
    groups = [{"GroupName": "txn", "GroupARN": ARN}, {"GroupName": "other", "GroupARN": "x"}]
    answers = {"get_groups": {"Groups": groups}, f"list_tags_for_resource {ARN}": {"Tags": PAIRS}}
    assert found(compute.xray_group, {"group_name": "txn"}, answers) == [Found(import_id=ARN, tags=OURS)]
    assert not found(compute.xray_group, {"group_name": "none"}, answers)


def test_a_sampling_rule_is_imported_by_its_name() -> None:
    records = [{"SamplingRule": {"RuleName": name, "RuleARN": name}} for name in ("Default", "txn")]
    answers = {"get_sampling_rules": {"SamplingRuleRecords": records}, "list_tags_for_resource txn": {"Tags": PAIRS}}
    assert found(compute.xray_sampling_rule, {"rule_name": "txn"}, answers) == [Found(import_id="txn", tags=OURS)]


def test_a_bucket_without_tags_exists_all_the_same() -> None:
    answers = {"get_bucket_tagging": NoAnswerError("NoSuchTagSet")}
    assert found(storage.bucket, {"bucket": "b"}, answers) == [Found(import_id="b", tags={})]


class OwnersAws(FakeAws):
    """An AWS that looks at the expected owner before the name."""

    def ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        return super().ask(service, operation, **dict(sorted(parameters.items(), reverse=True)))


DENIED = NoAnswerError("AccessDenied")
FORBIDDEN = NoAnswerError("403")  # HeadBucket has no body, and so no other code


@pytest.mark.parametrize(
    ("answers", "note", "known"),
    [
        ({"head_bucket": {}}, "is in this account, but these credentials lack s3:GetBucketTagging", (True, False)),
        ({"head_bucket b": {}, f"head_bucket {FakeAws.account_id}": FORBIDDEN}, "belongs to another", (False, False)),
        ({"head_bucket": FORBIDDEN}, "these credentials lack s3:GetBucketTagging and s3:ListBucket", (False, True)),
    ],
    ids=["ours", "another's", "either"],
)
def test_without_the_right_to_read_tags_s3_says_whose_account_a_bucket_is_in(
    answers: dict[str, Any], note: str, known: tuple[bool, bool]
) -> None:
    (bucket,) = storage.bucket(OwnersAws({"get_bucket_tagging": DENIED, **answers}), {"bucket": "b"})
    assert bucket.tags == {}
    assert note in bucket.note
    assert (bucket.in_our_account, bucket.hidden) == known


def test_a_dashboard_whose_text_does_not_say_whose_it_is_is_not_ours() -> None:
    (dashboard,) = found(
        FINDERS["aws_cloudwatch_dashboard"].find,
        {"dashboard_name": "n"},
        {"get_dashboard n": {"DashboardBody": '{"widgets": []}'}},
    )
    assert dashboard.tags == {}


def test_a_foreign_role_of_api_gateway_is_found_and_none_or_ours_is_not() -> None:
    (finder,) = GUARDED.values()
    ours = "arn:aws:iam::123456789012:role/txn-api-logging-eu-central-1"
    assert not found(finder.find, {}, {"get_account": {}})
    assert not found(finder.find, {}, {"get_account": {"cloudwatchRoleArn": ours}})
    (role,) = found(finder.find, {}, {"get_account": {"cloudwatchRoleArn": "arn:aws:iam::1:role/other"}})
    assert role.tags == {}
    assert role.note.startswith("is arn:aws:iam::1:role/other: a deploy of state-stack would replace it for every API")
    assert "otherwise use another account or region" in role.note


def test_anothers_bucket_cannot_pass_for_ours_by_its_tags() -> None:
    aws = FakeAws({"get_bucket_tagging": {"TagSet": PAIRS}})
    list(storage.bucket(aws, {"bucket": "b"}))
    assert aws.asked == [("s3", "b", aws.account_id)]


def test_a_bucket_of_which_nothing_is_said_may_exist_or_not() -> None:
    with pytest.raises(NoAnswerError, match="SlowDown"):
        found(storage.bucket, {"bucket": "b"}, {"get_bucket_tagging": NoAnswerError("SlowDown")})


def test_a_log_group_whose_name_only_begins_so_is_another_one() -> None:
    groups = [{"logGroupName": name, "arn": f"arn:{name}:*"} for name in ("/txn", "/txn-more")]
    answers = {"describe_log_groups": {"logGroups": groups}, "list_tags_for_resource arn:/txn": {"tags": OURS}}
    assert found(storage.log_group, {"name": "/txn"}, answers) == [Found(import_id="/txn", tags=OURS)]


def test_a_permission_is_a_statement_of_its_functions_policy() -> None:
    answers = {"get_policy": {"Policy": '{"Statement": [{"Sid": "other"}, {"Sid": "post"}]}'}}
    names = {"function_name": "f", "statement_id": "post"}
    assert found(compute.permission, names, answers) == [Found(import_id="f/post", tags=None)]
    assert not found(compute.permission, names, {})


def test_two_apis_of_one_name_are_both_found() -> None:
    apis = [{"id": id_, "name": name, "tags": OURS} for id_, name in (("1", "a"), ("2", "a"), ("3", "b"))]
    answers = {"get_rest_apis": {"items": apis}, "get_resources": {"items": [{"id": "r", "path": "/"}]}}
    assert [each.import_id for each in found(rest_api.rest_api, {"name": "a"}, answers)] == ["1", "2"]
