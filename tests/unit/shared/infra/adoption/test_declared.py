"""Names by reference are read from the other resource, the other stack, or what AWS returned."""

import pytest

from shared.infra.adoption.declared import declared, resolve
from shared.infra.adoption.ownership import Owner
from tests.unit.shared.infra.adoption.fakes import stack

OF_COMPUTE = "${data.terraform_remote_state.cross-stack-reference-input-compute.outputs.function-name}"
STACKS = {
    "compute": stack(
        {"aws_lambda_function.intake_1A": {"function_name": "txn-intake-dev"}},
        output={"function-name": {"value": "${aws_lambda_function.intake_1A.function_name}"}},
    ),
    "api": stack({"aws_api_gateway_rest_api.api": {"name": "txn-api-dev"}}),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("txn-uploads-dev", "txn-uploads-dev"),
        ("{upload_id}", "{upload_id}"),
        (OF_COMPUTE, "txn-intake-dev"),
        ("${aws_api_gateway_rest_api.api.name}", "txn-api-dev"),
        ("Logs_${aws_api_gateway_rest_api.api.id}/v1", "Logs_abc/v1"),
    ],
)
def test_a_name_is_resolved(text: str, value: str) -> None:
    known = {("api", "aws_api_gateway_rest_api.api"): {"id": "abc"}}
    assert resolve(text, stack="api", stacks=STACKS, known=known) == value


@pytest.mark.parametrize(
    "text",
    [
        "${aws_api_gateway_rest_api.api.id}",
        "${aws_api_gateway_rest_api.other.id}",
        "${sha256(aws_api_gateway_api_key.key.value)}",
        OF_COMPUTE.replace("input-compute", "input-nowhere"),
        None,
    ],
)
def test_a_name_that_is_unknown_so_far_stays_unknown(text: str | None) -> None:
    assert resolve(text, stack="api", stacks=STACKS, known={}) is None


def test_a_resource_has_its_stack_its_address_and_its_future_owner() -> None:
    resources = list(declared(STACKS))
    assert [(each.stack, each.type, each.address) for each in resources] == [
        ("compute", "aws_lambda_function", "aws_lambda_function.intake_1A"),
        ("api", "aws_api_gateway_rest_api", "aws_api_gateway_rest_api.api"),
    ]
    assert {each.owner for each in resources} == {Owner(application="transaction-pipeline", environment="dev")}
