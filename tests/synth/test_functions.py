"""How the functions run: all alike, each with its own role, log and alarm."""

import base64
import fnmatch
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.contracts.functions import FunctionName
from shared.infra.runtime import RUNTIME
from tests.synth.synthesis import Resource, Synthesis, settings_of, synthesize


@pytest.fixture(params=list(FunctionName))
def function(request: pytest.FixtureRequest, dev: Synthesis) -> Resource:
    return dev.one("aws_lambda_function", request.param)


def test_there_is_one_function_for_each_name(environment: Synthesis) -> None:
    names = {each.body["function_name"] for each in environment.of("aws_lambda_function")}
    assert names == {f"txn-{name}-{environment.suffix}" for name in FunctionName}


def test_a_function_runs_python_on_arm_with_tracing(function: Resource) -> None:
    assert function.body["architectures"] == ["arm64"]
    assert function.body["runtime"] == RUNTIME
    assert function.body["tracing_config"] == {"mode": "Active"}


def test_a_function_for_which_a_bank_waits_has_twice_the_memory_and_so_twice_the_core(dev: Synthesis) -> None:
    memory = {name: dev.one("aws_lambda_function", name).body["memory_size"] for name in FunctionName}
    names = ("intake", "declaration", "precheck", "status", "transactions")
    waited_for = {FunctionName(name) for name in names}
    assert {name for name, size in memory.items() if size == 1024} == waited_for
    large = {FunctionName.LARGE_VALIDATION, FunctionName.LARGE_NOTIFICATION}
    assert {name for name, size in memory.items() if size == 1769} == large
    assert set(memory.values()) == {512, 1024, 1769}


def test_the_package_is_the_zip_and_its_hash(dev: Synthesis, function: Resource) -> None:
    path = dev.output / "stacks" / "compute-stack" / function.body["filename"]
    digest = hashlib.sha256(path.read_bytes()).digest()
    assert function.body["source_code_hash"] == base64.b64encode(digest).decode()


def test_the_packages_path_stays_the_same_when_its_content_changes(function: Resource) -> None:
    # A path with a hash of the content would be a difference in every plan after `./dev sync`.
    name = function.body["function_name"].removeprefix("txn-").removesuffix("-dev")
    assert function.body["filename"].endswith(f"/package/{name}.zip")


def test_the_log_group_is_made_before_the_function_and_with_retention(dev: Synthesis, function: Resource) -> None:
    name = function.body["function_name"]
    (group,) = [each for each in dev.of("aws_cloudwatch_log_group") if each.body["name"] == f"/aws/lambda/{name}"]
    assert group.body["retention_in_days"] == 7
    assert group.address in function.body["depends_on"]


def test_permissions_are_made_before_the_function(dev: Synthesis, function: Resource) -> None:
    policies = {each.address for each in dev.of("aws_iam_role_policy")}
    assert policies & set(function.body["depends_on"])


def test_each_function_has_a_role_of_its_own(dev: Synthesis) -> None:
    roles = [each.body["role"] for each in dev.of("aws_lambda_function")]
    assert len(set(roles)) == len(FunctionName)


def test_every_log_group_has_a_retention(environment: Synthesis) -> None:
    days = {each.body["retention_in_days"] for each in environment.of("aws_cloudwatch_log_group")}
    assert days == {365 if environment.suffix == "prod" else 7}


XRAY = {"aws_xray_group", "aws_xray_sampling_rule"}


def xray(synthesis: Synthesis) -> set[tuple[str, str]]:
    """(stack, type) of what is in X-Ray."""
    return {(each.stack, each.type) for each in synthesis.all() if each.type in XRAY}


def test_all_environments_share_the_accounts_sampling_rules_and_have_a_group_each(
    dev: Synthesis, prod: Synthesis, local: Synthesis
) -> None:
    expected = {("state-stack", "aws_xray_sampling_rule"), ("compute-stack", "aws_xray_group")}
    assert xray(dev) == xray(prod) == expected
    assert xray(local) == set()


def test_a_preview_makes_nothing_in_xray_of_which_an_account_has_few_whatever_its_settings(
    environments: Mapping[str, Synthesis], tmp_path: Path
) -> None:
    asking = synthesize(settings_of("pr7", xray=True, xray_sampling_rate=1.0), tmp_path)
    for preview in (environments["pr6616"], asking):
        assert {stack for stack, _ in xray(preview)} == {"state-stack"}


def test_the_accounts_rules_match_where_the_traces_of_any_environment_begin(dev: Synthesis) -> None:
    rules = {each.body["rule_name"]: each.body for each in dev.of("aws_xray_sampling_rule")}
    assert {name: rule["service_name"] for name, rule in rules.items()} == {
        "txn-api": "txn-api-*/*",
        "txn-load": "txn-load-*",
        "txn-large-load": "txn-large-load-*",
    }
    begins = {
        "txn-api": f"{dev.one('aws_api_gateway_rest_api').body['name']}/v1",
        **{f"txn-{name}": dev.one("aws_sfn_state_machine", name).body["name"] for name in ("load", "large-load")},
    }
    for name, service in begins.items():
        assert fnmatch.fnmatchcase(service, rules[name]["service_name"])


def test_an_environment_that_asks_for_another_rate_has_rules_that_come_before_the_accounts(tmp_path: Path) -> None:
    asking = synthesize(settings_of("dev", xray_sampling_rate=1.0), tmp_path)
    own = [each for each in asking.of("aws_xray_sampling_rule") if each.stack == "compute-stack"]
    account = [each for each in asking.of("aws_xray_sampling_rule") if each.stack == "state-stack"]
    machines = {name: asking.one("aws_sfn_state_machine", name) for name in ("load", "large-load")}
    services = {each.body["rule_name"]: each.body["service_name"] for each in own}
    assert services == {
        "txn-api-dev": "txn-api-dev/*",
        **{f"txn-{name}-dev": f"${{{machine.address}.name}}" for name, machine in machines.items()},
    }
    assert {each.body["fixed_rate"] for each in own} == {1.0}
    assert {each.body["fixed_rate"] for each in account} == {0.1}
    assert max(each.body["priority"] for each in own) < min(each.body["priority"] for each in account)


def test_both_traces_of_a_report_belong_to_the_group(dev: Synthesis) -> None:
    expression = dev.one("aws_xray_group").body["filter_expression"]
    assert all(each.id in expression for each in dev.of("aws_sfn_state_machine"))
    assert expression.count("service(") == 7


def test_executions_are_kept_for_intake_alone_and_only_where_the_settings_ask(dev: Synthesis, tmp_path: Path) -> None:
    def reserved(synthesis: Synthesis) -> dict[str, int]:
        functions = (each.body for each in synthesis.of("aws_lambda_function"))
        key = "reserved_concurrent_executions"
        return {each["function_name"]: each[key] for each in functions if key in each}

    assert reserved(dev) == {}
    assert reserved(synthesize(settings_of("dev", intake_concurrency=50), tmp_path)) == {"txn-intake-dev": 50}
