"""Whether there is an AWS to ask; if not, that is one notice and no obstacle."""

import pytest

from shared.infra.adoption.access import open_aws
from shared.infra.settings.settings import Settings
from tests.synth.synthesis import settings_of


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            settings_of("dev", account_id="000000000000"),
            "Existing resources are not adopted: the AWS account is unknown.",
        ),
        (settings_of("local"), "Existing resources are not adopted: AWS_ENDPOINT_URL is not set."),
    ],
)
def test_without_an_aws_to_ask_nothing_is_adopted(settings: Settings, line: str) -> None:
    notices: list[str] = []
    assert open_aws(settings, {}, notice=notices.append) is None
    assert notices == [line]


def test_missing_credentials_are_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    notices: list[str] = []
    assert open_aws(settings_of("dev"), {}, notice=notices.append) is None
    assert notices == ["Existing resources are not adopted: the AWS credentials cannot be used (ProfileNotFound)."]


def test_the_local_cloud_is_asked_in_the_environments_region() -> None:
    notices: list[str] = []
    aws = open_aws(settings_of("local"), {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, notice=notices.append)
    assert aws is not None
    assert (aws.region, aws.account_id, aws.partition) == ("eu-central-1", "000000000000", "aws")
    assert not notices
