from pathlib import Path

import pytest

from shared.infra.account import AccountUnknownError, load_settings
from shared.infra.settings.settings import SettingsError

FILE = 'region = "eu-west-1"\ncost_center = "c"\nrepository = "r"\nbackend = "s3"\nprotect_data = false\n'


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


class Environment:
    """A settings file, with an account or without, and the notices of loading it."""

    def __init__(self, folder: Path, *, account_id: str = "") -> None:
        self.file = folder / "dev.toml"
        self.file.write_text(f'{FILE}account_id = "{account_id}"')
        self.notices: list[str] = []

    def account(self, aws: Asked, **variables: str) -> str:
        variables["TXN_SETTINGS"] = str(self.file.with_suffix(""))
        return load_settings(variables, notice=self.notices.append, ask=aws).account_id


def test_the_environment_variable_comes_first(tmp_path: Path) -> None:
    aws = Asked("999999999999")
    environment = Environment(tmp_path, account_id="222222222222")
    assert environment.account(aws, AWS_ACCOUNT_ID="111111111111") == "111111111111"
    assert not aws.regions


def test_then_the_settings(tmp_path: Path) -> None:
    aws = Asked("999999999999")
    assert Environment(tmp_path, account_id="222222222222").account(aws) == "222222222222"
    assert not aws.regions


def test_then_the_credentials_in_use(tmp_path: Path) -> None:
    aws = Asked("999999999999")
    assert Environment(tmp_path).account(aws) == "999999999999"
    assert aws.regions == ["eu-west-1"]


def test_an_account_that_is_unknown_is_a_notice_with_the_way_out(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    assert environment.account(Asked(None)) == "000000000000"
    notice = environment.notices.pop()
    assert notice.startswith("AWS account unknown (NoCredentialsError)")
    assert notice.endswith("Set AWS_ACCOUNT_ID, or log in to AWS.")
    assert not environment.notices


def test_an_invalid_account_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AWS_ACCOUNT_ID = '12' is not twelve digits"):
        Environment(tmp_path).account(Asked(None), AWS_ACCOUNT_ID="12")
