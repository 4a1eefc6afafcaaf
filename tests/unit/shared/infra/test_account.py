from pathlib import Path

import pytest

from shared.infra.account import AccountUnknownError, with_account
from shared.infra.settings.settings import Settings, SettingsError


def settings(account_id: str = "") -> Settings:
    return Settings(
        region="eu-west-1",
        cost_center="c",
        repository="r",
        backend="s3",
        protect_data=False,
        account_id=account_id,
        suffix="dev",
        banks={},
        state_directory=Path("state"),
    )


class Asked:
    """Replaces AWS: answers, or does not, and records for which region it was asked."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.regions: list[str] = []

    def __call__(self, region: str) -> str:
        self.regions.append(region)
        if self.answer is None:
            raise AccountUnknownError("NoCredentialsError")
        return self.answer


def account(given: Settings, variables: dict[str, str], aws: Asked, notices: list[str] | None = None) -> str:
    lines: list[str] = [] if notices is None else notices
    return with_account(given, variables, ask=aws, notice=lines.append).account_id


def test_the_environment_variable_comes_first() -> None:
    aws = Asked("999999999999")
    assert account(settings("222222222222"), {"AWS_ACCOUNT_ID": "111111111111"}, aws) == "111111111111"
    assert not aws.regions


def test_then_the_settings() -> None:
    aws = Asked("999999999999")
    assert account(settings("222222222222"), {}, aws) == "222222222222"
    assert not aws.regions


def test_then_the_credentials_in_use() -> None:
    aws = Asked("999999999999")
    assert account(settings(), {}, aws) == "999999999999"
    assert aws.regions == ["eu-west-1"]


def test_an_account_that_is_unknown_is_a_notice_with_the_way_out() -> None:
    notices: list[str] = []
    assert account(settings(), {}, Asked(None), notices) == "000000000000"
    assert len(notices) == 1
    assert "AWS account unknown (NoCredentialsError)" in notices[0]
    assert "Set AWS_ACCOUNT_ID, or log in to AWS." in notices[0]


def test_an_invalid_account_is_refused() -> None:
    with pytest.raises(SettingsError, match="AWS_ACCOUNT_ID = '12' is not twelve digits"):
        account(settings(), {"AWS_ACCOUNT_ID": "12"}, Asked(None))
