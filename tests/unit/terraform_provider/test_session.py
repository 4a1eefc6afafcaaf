"""The provider's configuration, and what the local provider says of types that it lacks."""

from typing import Any

import pytest

from terraform_provider.errors import ProviderError
from terraform_provider.registry import DATA_SOURCES
from terraform_provider.session import read_settings
from terraform_provider.support import explain_unknown, unknown_types
from tests.unit.terraform_provider.fakes import FakeClient, session

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
IDENTITY = {"Account": "000000000000", "Arn": "arn:aws:iam::000000000000:root", "UserId": "root"}


def test_the_endpoint_may_come_from_the_environment() -> None:
    assert read_settings({}, LOCAL).endpoints == {"": "http://127.0.0.1:4566"}


def test_without_an_endpoint_nothing_is_configured() -> None:
    with pytest.raises(ProviderError, match="set AWS_ENDPOINT_URL"):
        read_settings({"region": "eu-central-1"}, {})


def test_a_service_without_an_endpoint_is_refused() -> None:
    with pytest.raises(ProviderError, match="no endpoint for sqs"):
        session(endpoints={"s3": "http://127.0.0.1:4566"}).client("sqs")


@pytest.mark.parametrize(
    ("config", "environment", "expected"),
    [
        ({"region": "eu-west-1"}, {"AWS_REGION": "eu-central-1"}, "eu-west-1"),
        ({}, {"AWS_REGION": "eu-central-1"}, "eu-central-1"),
        ({}, {"AWS_DEFAULT_REGION": "eu-north-1"}, "eu-north-1"),
        ({}, {}, "us-east-1"),
    ],
)
def test_the_region_comes_from_the_configuration_first(
    config: dict[str, Any], environment: dict[str, str], expected: str
) -> None:
    assert read_settings(config, {**LOCAL, **environment}).region == expected


def test_settings_come_from_the_providers_blocks() -> None:
    config = {
        "default_tags": [{"tags": {"Owner": "us"}}],
        "endpoints": [{"s3": "http://127.0.0.1:9000", "sqs": None}],
        "allowed_account_ids": ["000000000000"],
        "s3_use_path_style": True,
        "access_key": "key",
    }
    settings = read_settings(config, {})
    assert settings.default_tags == {"Owner": "us"}
    assert settings.endpoints == {"s3": "http://127.0.0.1:9000"}
    assert settings.allowed_accounts == {"000000000000"}
    assert settings.path_style


def test_what_would_have_to_be_ignored_is_refused() -> None:
    with pytest.raises(ProviderError, match="does not know ignore_tags"):
        read_settings({"ignore_tags": [{"keys": ["Owner"]}], "assume_role": []}, LOCAL)


def test_another_account_is_refused() -> None:
    client = FakeClient({"get_caller_identity": [IDENTITY]})
    session(client, allowed_accounts=frozenset({"000000000000"})).check_account()
    with pytest.raises(ProviderError, match="belong to account 000000000000, but allowed_account_ids has only 111"):
        session(client, allowed_accounts=frozenset({"111111111111"})).check_account()


def test_data_sources_tell_where_we_are() -> None:
    it = session(FakeClient({"get_caller_identity": [IDENTITY]}))
    assert DATA_SOURCES["aws_caller_identity"](it, {})["account_id"] == "000000000000"
    assert DATA_SOURCES["aws_region"](it, {"region": None})["region"] == "eu-central-1"
    assert DATA_SOURCES["aws_partition"](it, {})["dns_suffix"] == "amazonaws.com"


def test_unknown_types_are_named_but_not_terraforms_own() -> None:
    stack: dict[str, dict[str, Any]] = {
        "resource": {"aws_sqs_queue": {}, "aws_kms_key": {}, "terraform_data": {}},
        "data": {"aws_region": {}, "aws_ami": {}, "terraform_remote_state": {}},
    }
    assert unknown_types(stack) == ["aws_kms_key", "data.aws_ami"]
    assert unknown_types({}) == []


def test_the_message_names_what_is_unknown_what_is_known_and_the_way_out() -> None:
    message = explain_unknown(["aws_kms_key"])
    assert message.startswith("the local provider does not know aws_kms_key. It knows aws_api_gateway_account, ")
    assert "data.aws_region" in message
    assert "--provider registry" in message
