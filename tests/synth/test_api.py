"""The API: its paths, who may call them how often, what it answers by itself, and what it logs."""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.problems import ProblemType
from shared.infra.settings.settings import Bank
from tests.synth.synthesis import Resource, Synthesis, settings_of, synthesize

DOMAIN = {
    "domain": "reports.example",
    "certificate_arn": f"arn:aws:acm:eu-central-1:123456789012:certificate/{'0' * 8}",
}
ROUTES = {
    "post-upload": ("POST", "upload", "intake"),
    "declare-upload": ("POST", "uploads", "declaration"),
    "validate-report": ("POST", "validate", "precheck"),
    "list-uploads": ("GET", "uploads", "status"),
    "get-upload": ("GET", "uploads/*", "status"),
    "list-errors": ("GET", "uploads/*/errors", "status"),
    "list-transactions": ("GET", "transactions", "transactions"),
    "get-page": ("GET", "", "web"),
    "get-health": ("GET", "health", "web"),
}
"""Route -> method, path as in a source ARN, function."""
KEYLESS = ("get-page", "get-health")
CONTENT_TYPE = {"method.request.header.Content-Type": True}
ONE = {"method.request.path.upload_id": True}
PAGED = {"method.request.querystring.limit": False, "method.request.querystring.cursor": False}
FILTERED = {f"method.request.querystring.{name}": False for name in ("status", "from", "to")}
CURRENCY = {"method.request.querystring.currency": False}
DATE = {"method.request.querystring.date": True}
BANKS = ("nordbank",)


def method(synthesis: Synthesis, route: str) -> dict[str, Any]:
    return synthesis.one("aws_api_gateway_method", f"routes_{route}").body


def validator_of(synthesis: Synthesis, route: str) -> Resource:
    wanted = method(synthesis, route)["request_validator_id"]
    (validator,) = [
        each for each in synthesis.of("aws_api_gateway_request_validator") if wanted == f"${{{each.address}.id}}"
    ]
    return validator


def test_each_part_of_a_path_is_one_resource(dev: Synthesis) -> None:
    parts = {each.id.split("_")[1]: each.body["path_part"] for each in dev.of("aws_api_gateway_resource")}
    plain = ("upload", "uploads", "errors", "validate", "transactions", "health")
    assert parts == {**{name: name for name in plain}, "one-upload": "{upload_id}"}


def test_there_are_no_other_methods(dev: Synthesis) -> None:
    names = {each.id.split("_")[1].removesuffix("-method") for each in dev.of("aws_api_gateway_method")}
    assert names == ROUTES.keys()


@pytest.mark.parametrize("route", ROUTES)
def test_every_method_but_those_that_show_no_data_requires_a_key(dev: Synthesis, route: str) -> None:
    assert method(dev, route)["http_method"] == ROUTES[route][0]
    assert method(dev, route)["api_key_required"] is (route not in KEYLESS)


@pytest.mark.parametrize(
    ("route", "parameters"),
    [
        ("post-upload", CONTENT_TYPE),
        ("declare-upload", CONTENT_TYPE),
        ("validate-report", CONTENT_TYPE),
        ("list-uploads", FILTERED | PAGED),
        ("get-upload", ONE),
        ("list-errors", ONE | PAGED),
        ("list-transactions", DATE | CURRENCY | PAGED),
        ("get-page", None),
        ("get-health", None),
    ],
)
def test_every_method_checks_its_parameters(dev: Synthesis, route: str, parameters: dict[str, bool] | None) -> None:
    assert method(dev, route).get("request_parameters") == parameters
    validator = validator_of(dev, route)
    assert validator.body["validate_request_parameters"] is True
    assert validator.body["validate_request_body"] is (route == "declare-upload")


def test_the_body_of_a_declaration_is_checked_by_its_model(dev: Synthesis) -> None:
    model = dev.one("aws_api_gateway_model")
    assert method(dev, "declare-upload")["request_models"] == {"application/json": f"${{{model.address}.name}}"}
    schema = json.loads(model.body["schema"])
    assert set(schema["required"]) == set(schema["properties"]) == {"file_name", "size", "sha256"}
    assert schema["additionalProperties"] is False
    digest = schema["properties"]["sha256"]["pattern"]
    assert re.fullmatch(digest, "0" * 64)
    assert not re.fullmatch(digest, "0" * 63 + "G")


@pytest.mark.parametrize("route", ROUTES)
def test_every_method_is_answered_by_its_function(dev: Synthesis, route: str) -> None:
    function = ROUTES[route][2]
    integration = dev.one("aws_api_gateway_integration", f"routes_{route}").body
    assert (integration["type"], integration["integration_http_method"]) == ("AWS_PROXY", "POST")
    assert f"{function}_function" in integration["uri"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_api_may_call_a_function_for_one_method_of_one_stage_only(dev: Synthesis, route: str) -> None:
    verb, path, _function = ROUTES[route]
    permission = dev.one("aws_lambda_permission", f"routes_{route}").body
    assert permission["principal"] == "apigateway.amazonaws.com"
    assert permission["source_arn"] == f"${{aws_api_gateway_rest_api.api.execution_arn}}/v1/{verb}/{path}"


ORIGINS = ("https://bank.example", "https://other.example")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """An environment whose API pages of two other origins may call."""
    return synthesize(settings_of("dev", allowed_origins=ORIGINS), tmp_path_factory.mktemp("asked"))


def test_browsers_may_ask_for_every_path_where_pages_of_other_origins_may_call(
    dev: Synthesis, asked: Synthesis
) -> None:
    def options(synthesis: Synthesis) -> list[dict[str, Any]]:
        methods = [each.body for each in synthesis.of("aws_api_gateway_method")]
        return [each for each in methods if each["http_method"] == "OPTIONS"]

    assert options(dev) == []
    assert not any(each["api_key_required"] for each in options(asked))
    every = {each.body["resource_id"] for each in asked.of("aws_api_gateway_method")}
    assert {each["resource_id"] for each in options(asked)} == every
    assert triggers(asked) != triggers(dev)


def test_the_functions_know_of_which_origins_pages_may_read_their_answers(dev: Synthesis, asked: Synthesis) -> None:
    def told(synthesis: Synthesis) -> dict[str, str]:
        functions = {each.id.split("_")[0]: each.body for each in synthesis.of("aws_lambda_function")}
        variables = {name: each["environment"]["variables"] for name, each in functions.items()}
        return {name: each["ALLOWED_ORIGINS"] for name, each in variables.items() if "ALLOWED_ORIGINS" in each}

    assert told(dev) == {}
    assert told(asked) == {function: " ".join(ORIGINS) for _, _, function in ROUTES.values()}


def test_what_the_gateway_answers_is_read_by_pages_of_an_allowed_origin(
    dev: Synthesis, asked: Synthesis, tmp_path: Path
) -> None:
    name = "gatewayresponse.header.Access-Control-Allow-Origin"

    def origins(synthesis: Synthesis) -> set[str]:
        answers = synthesis.of("aws_api_gateway_gateway_response")
        return {each.body["response_parameters"].get(name, "") for each in answers}

    one = synthesize(settings_of("dev", allowed_origins=ORIGINS[:1]), tmp_path)
    assert (origins(dev), origins(one), origins(asked)) == ({""}, {f"'{ORIGINS[0]}'"}, {"'*'"})


@pytest.mark.parametrize("route", KEYLESS)
def test_what_needs_no_key_is_limited(dev: Synthesis, route: str) -> None:
    paths = {"get-page": "~1/GET", "get-health": "health/GET"}
    settings = dev.one("aws_api_gateway_method_settings", f"stage_{route}").body
    assert settings["method_path"] == paths[route]
    assert settings["settings"]["throttling_rate_limit"] == 20
    assert settings["settings"]["throttling_burst_limit"] == 20
    assert settings["settings"]["data_trace_enabled"] is False


def test_the_stage_is_changed_once_at_a_time(asked: Synthesis) -> None:
    changes = {each.address: each.body.get("depends_on", []) for each in asked.of("aws_api_gateway_method_settings")}
    limited = [each for each in asked.of("aws_api_gateway_method") if not each.body["api_key_required"]]
    assert len(changes) == 1 + len(limited)
    assert sorted(map(len, changes.values())) == [0, *[1] * len(limited)]
    assert len({each for depends in changes.values() for each in depends}) == len(limited)


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, ["https://${aws_api_gateway_rest_api.api.id}.execute-api.eu-central-1.amazonaws.com"]),
        (DOMAIN, ["https://reports.example"]),
        (
            DOMAIN | {"keep_default_endpoint": True},
            [
                "https://reports.example",
                "https://${aws_api_gateway_rest_api.api.id}.execute-api.eu-central-1.amazonaws.com",
            ],
        ),
    ],
    ids=["own address", "domain", "both"],
)
def test_reports_are_stored_by_the_apis_own_page_and_by_allowed_ones(
    tmp_path: Path, changes: dict[str, Any], own: list[str]
) -> None:
    made = synthesize(settings_of("dev", allowed_origins=ORIGINS, **changes), tmp_path)
    (rule,) = made.one("aws_s3_bucket_cors_configuration").body["cors_rule"]
    assert rule["allowed_origins"] == [*own, *ORIGINS]
    assert rule["allowed_methods"] == ["GET", "PUT"]
    assert rule["allowed_headers"] == ["content-type", "if-none-match", "x-amz-checksum-sha256"]
    assert rule["expose_headers"] == ["ETag"]


def test_form_data_reaches_the_function_as_bytes(dev: Synthesis) -> None:
    assert dev.one("aws_api_gateway_rest_api").body["binary_media_types"] == ["multipart/form-data"]


def test_the_api_answers_with_problem_documents(dev: Synthesis) -> None:
    for answer in dev.of("aws_api_gateway_gateway_response"):
        text = answer.body["response_templates"]["application/json"]
        document = json.loads(text.replace("$context.error.messageString", '"sentence"'))
        assert {"type", "title", "detail", "request_id"} <= document.keys()
        assert document["type"] in [each.uri for each in ProblemType]
        assert str(document.get("status", answer.body.get("status_code"))) == str(answer.body.get("status_code"))
        headers = answer.body["response_parameters"]
        waits = {"THROTTLED": "'1'", "WAF_FILTERED": "'1'", "QUOTA_EXCEEDED": "'3600'"}.get(
            answer.body["response_type"]
        )
        assert headers.get("gatewayresponse.header.Retry-After") == waits
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


def test_every_response_of_its_own_that_a_bank_can_get_is_a_problem_document(dev: Synthesis) -> None:
    types = {each.body["response_type"] for each in dev.of("aws_api_gateway_gateway_response")}
    assert types >= {
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "ACCESS_DENIED",
        "BAD_REQUEST_PARAMETERS",
        "INVALID_API_KEY",
        "MISSING_AUTHENTICATION_TOKEN",
        "QUOTA_EXCEEDED",
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "THROTTLED",
        "WAF_FILTERED",
    }


def test_a_body_that_lambda_refuses_is_answered_with_the_reports_limit(dev: Synthesis) -> None:
    # Whichever of the three API Gateway takes for Lambda's refusal; not yet run on AWS.
    answers = {each.body["response_type"]: each.body for each in dev.of("aws_api_gateway_gateway_response")}
    assert {"REQUEST_TOO_LARGE", "DEFAULT_4XX", "DEFAULT_5XX"} <= answers.keys()
    answer = answers["REQUEST_TOO_LARGE"]
    document = json.loads(answer["response_templates"]["application/json"])
    assert (answer["status_code"], document["status"], document["code"]) == ("413", 413, "file.too_large")
    assert f"{MAX_REPORT_BYTES:,} bytes" in document["detail"]
    assert "POST /uploads" in document["detail"]


def test_the_stage_is_traced_and_writes_an_access_log_without_keys(environment: Synthesis) -> None:
    stage = environment.one("aws_api_gateway_stage")
    assert stage.body["stage_name"] == "v1"
    assert stage.body["xray_tracing_enabled"] is True
    settings = stage.body["access_log_settings"]
    group = environment.one("aws_cloudwatch_log_group", "stage_access-log")
    assert settings["destination_arn"] == f"${{{group.address}.arn}}"
    written = json.loads(settings["format"])
    assert {
        "request_id",
        "function_request_id",
        "status",
        "resource_path",
        "api_key_id",
        "tls_version",
    } <= written.keys()
    assert "$context.identity.apiKey" not in written.values()


CHOSEN_BY_THE_CLIENT = (
    *("path", "requestId", "xrayTraceId", "domainName", "domainPrefix", "requestOverride.*"),
    *("identity.apiKey", "identity.userAgent", "identity.clientCert.*", "authorizer.*"),
    # Messages quote parameters of the request; a function's error may quote anything.
    *("error.message", "error.messageString", "error.validationErrorString"),
    *("integrationErrorMessage", "integration.error", "authorize.error"),
)
"""`$context` variables that a request fills, by AWS's page `Variables for access logging for API Gateway`. Not the
method: an HTTP method is a token, which has neither quotation marks nor backslashes (RFC 9110)."""


def test_no_line_of_the_access_log_contains_what_a_client_chooses(environment: Synthesis) -> None:
    # The local cloud writes no access log, so the format has to show it.
    written = json.loads(environment.one("aws_api_gateway_stage").body["access_log_settings"]["format"])
    assert written.pop("environment") == environment.suffix
    for value in written.values():
        (variable,) = re.findall(r"\$context\.([A-Za-z.]+)", value)
        assert value == f"$context.{variable}"
        assert not [each for each in CHOSEN_BY_THE_CLIENT if fnmatchcase(variable, each)]


def test_the_log_that_api_gateway_names_itself_is_made_before_the_stage(dev: Synthesis) -> None:
    group = dev.one("aws_cloudwatch_log_group", "stage_error-log")
    assert group.address in dev.one("aws_api_gateway_stage").body["depends_on"]


def test_metrics_and_errors_are_on_and_bodies_are_never_logged(environment: Synthesis) -> None:
    found = [each.body for each in environment.of("aws_api_gateway_method_settings")]
    settings = {each["method_path"]: each["settings"] for each in found}
    logging = {"data_trace_enabled": False, "logging_level": "ERROR", "metrics_enabled": True}
    assert all(each.items() >= logging.items() for each in settings.values())
    assert settings["*/*"] == {**logging, "throttling_burst_limit": 5_000, "throttling_rate_limit": 10_000}


@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_has_a_key_and_a_plan_of_its_own(dev: Synthesis, bank: str) -> None:
    key = dev.one("aws_api_gateway_api_key", f"banks_{bank}")
    plan = dev.one("aws_api_gateway_usage_plan", f"banks_{bank}")
    joined = dev.one("aws_api_gateway_usage_plan_key", f"banks_{bank}").body
    assert (joined["key_id"], joined["usage_plan_id"]) == (f"${{{key.address}.id}}", f"${{{plan.address}.id}}")
    assert "value" not in key.body


@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_has_a_thousand_requests_a_day_and_fifty_a_second(dev: Synthesis, bank: str) -> None:
    plan = dev.one("aws_api_gateway_usage_plan", f"banks_{bank}").body
    assert plan["quota_settings"] == {"limit": 1000, "period": "DAY"}
    assert plan["throttle_settings"] == {"burst_limit": 100, "rate_limit": 50}
    ((stage,),) = [plan["api_stages"]]
    assert stage["stage"] == f"${{{dev.one('aws_api_gateway_stage').address}.stage_name}}"


@pytest.mark.parametrize("bank", BANKS)
def test_the_functions_identify_a_bank_by_the_hash_of_its_key(dev: Synthesis, bank: str) -> None:
    row = dev.one("aws_dynamodb_table_item", f"banks_{bank}").body
    key = dev.one("aws_api_gateway_api_key", f"banks_{bank}")
    item = json.loads(row["item"])
    assert item["api_key_sha256"] == {"S": f"${{sha256({key.address}.value)}}"}
    assert item["bank_id"] == {"S": bank}
    assert row["hash_key"] == "api_key_sha256"


@pytest.mark.parametrize("bank", BANKS)
def test_after_a_lost_state_the_bank_has_a_new_row_beside_the_old_one(dev: Synthesis, bank: str) -> None:
    row = dev.one("aws_dynamodb_table_item", f"banks_{bank}").body
    revision = dev.one("terraform_data", f"banks_{bank}")
    assert row["range_key"] == "revision"
    assert json.loads(row["item"])["revision"] == {"S": f"${{{revision.address}.id}}"}
    table = dev.one("aws_dynamodb_table", "banks").body
    assert (table["hash_key"], table["range_key"]) == ("api_key_sha256", "revision")
    assert {each["name"] for each in table["attribute"]} == {"api_key_sha256", "revision"}


def test_a_bank_with_two_keys_has_both_on_its_one_plan_and_a_row_for_each(tmp_path: Path) -> None:
    two = synthesize(settings_of("dev", banks={"nordbank": Bank(name="Nordbank", keys=("a", "b"))}), tmp_path)

    keys = {each.body["name"]: each.address for each in two.of("aws_api_gateway_api_key")}
    assert keys.keys() == {"txn-nordbank-dev", "txn-nordbank.b-dev"}
    plan = two.one("aws_api_gateway_usage_plan").address
    joined = {(each.body["key_id"], each.body["usage_plan_id"]) for each in two.of("aws_api_gateway_usage_plan_key")}
    assert joined == {(f"${{{key}.id}}", f"${{{plan}.id}}") for key in keys.values()}
    rows = [json.loads(each.body["item"]) for each in two.of("aws_dynamodb_table_item")]
    assert {row["api_key_sha256"]["S"] for row in rows} == {f"${{sha256({key}.value)}}" for key in keys.values()}
    assert [row["bank_id"]["S"] for row in rows] == ["nordbank"] * 2
    assert len({row["revision"]["S"] for row in rows}) == 2


def test_neither_a_second_key_nor_the_end_of_the_first_changes_anything_of_another(
    dev: Synthesis, tmp_path: Path
) -> None:
    def of_the_bank(*keys: str) -> dict[str, Any]:
        bank = Bank(name="Nordbank", keys=keys)
        synthesis = synthesize(settings_of("dev", banks={"nordbank": bank}), tmp_path / "-".join(keys))
        return {each.address: each.body for each in synthesis.all() if "banks_nordbank" in each.id}

    first, both, second = of_the_bank("a"), of_the_bank("a", "b"), of_the_bank("b")

    # The addresses and bodies of the time when a bank had one key: a deployment from then keeps its key.
    assert first == {each.address: each.body for each in dev.all() if "banks_nordbank" in each.id}
    assert {address.partition("_nordbank_")[2].rpartition("_")[0] for address in first} == {
        *("key", "plan-key", "plan", "item", "revision")
    }
    assert first.items() <= both.items()
    assert second.items() <= both.items()
    assert both == first | second


def test_prod_protects_the_api_and_its_keys_and_others_do_not(dev: Synthesis, prod: Synthesis) -> None:
    for type_ in ("aws_api_gateway_rest_api", "aws_api_gateway_api_key"):
        assert all(each.body["lifecycle"] == {"prevent_destroy": True} for each in prod.of(type_))
        assert not [each for each in dev.of(type_) if "lifecycle" in each.body]


Change = Callable[[], dict[str, Any]]


def triggers(synthesis: Synthesis) -> dict[str, str]:
    found: dict[str, str] = synthesis.one("aws_api_gateway_deployment").body["triggers"]
    return found


def test_the_api_is_redeployed_when_its_definition_changes(
    dev: Synthesis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one fact that routes have besides code is the contract's parameter name; no setting changes it.
    monkeypatch.setattr("stacks.api.routing_table.LIMIT_PARAMETER", "page_size")
    assert triggers(synthesize(settings_of("dev"), tmp_path)) != triggers(dev)


def test_the_api_is_redeployed_when_a_function_that_it_calls_has_another_arn(dev: Synthesis) -> None:
    # Terraform compares the value of a trigger; the text of this reference is the same for every name of the function.
    uris = {each.body["uri"] for each in dev.of("aws_api_gateway_integration")}
    assert len(uris) == 6
    assert uris <= set(dev.one("aws_api_gateway_deployment").body["triggers"].values())


@pytest.mark.parametrize(
    "changes",
    [
        {"log_retention_days": 30},
        {"cost_center": "other"},
        {"protect_data": True},
        {"banks": {"newbank": Bank(name="New Bank", quota_per_day=5)}},
        {"xray": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_api_is_not_redeployed_when_something_else_changes(
    dev: Synthesis, tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert triggers(synthesize(settings_of("dev", **changes), tmp_path)) == triggers(dev)


def test_the_new_deployment_comes_before_the_old_one_is_deleted_and_after_all_that_it_deploys(dev: Synthesis) -> None:
    deployment = dev.one("aws_api_gateway_deployment").body
    assert deployment["lifecycle"] == {"create_before_destroy": True}
    parts = ("resource", "method", "integration", "gateway_response", "request_validator", "model")
    waited_for = {each.address for part in parts for each in dev.of(f"aws_api_gateway_{part}")}
    assert waited_for <= set(deployment["depends_on"])
