"""The provider's configuration."""

from pathlib import Path
from typing import Any

import pytest

from terraform_provider.errors import ProviderError
from terraform_provider.session import read_settings
from tests.unit.terraform_provider.fakes import FakeClient, session

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


def test_settings_come_from_the_provider_block_and_the_environment() -> None:
    config = {
        "default_tags": [{"tags": {"Owner": "us"}}],
        "allowed_account_ids": ["000000000000"],
        "s3_use_path_style": True,
        "access_key": "key",
    }
    settings = read_settings(config, LOCAL)
    assert settings.endpoint == "http://127.0.0.1:4566"
    assert settings.default_tags == {"Owner": "us"}
    assert settings.allowed_accounts == {"000000000000"}
    assert settings.path_style
    assert settings.access_key == "key"


def test_without_an_endpoint_the_provider_does_not_start() -> None:
    with pytest.raises(ProviderError, match="set AWS_ENDPOINT_URL"):
        read_settings({"region": "eu-central-1"}, {})


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


def test_an_argument_that_is_not_supported_is_refused() -> None:
    with pytest.raises(ProviderError, match="does not know ignore_tags: deploy with `--provider registry`"):
        read_settings({"ignore_tags": [{"keys": ["Owner"]}], "assume_role": []}, LOCAL)


def test_an_account_that_is_not_allowed_is_refused() -> None:
    client = FakeClient({"get_caller_identity": [{"Account": "000000000000"}]})
    session(client, allowed_accounts=frozenset({"000000000000"})).check_account()
    with pytest.raises(ProviderError, match="belong to account 000000000000, but allowed_account_ids has only 111"):
        session(client, allowed_accounts=frozenset({"111111111111"})).check_account()


def test_an_asset_is_read_from_the_stack_that_has_it(tmp_path: Path) -> None:
    archive = tmp_path / "stacks" / "compute-stack" / "assets" / "0A" / "code.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"PK")
    it = session(assets=tmp_path)
    assert it.asset(str(archive)) == b"PK"
    assert it.asset("assets/0A/code.zip") == b"PK"
    with pytest.raises(ProviderError, match=r"code.zip: No such file or directory; looked for in .*/stacks/\*/"):
        it.asset("assets/0B/code.zip")
