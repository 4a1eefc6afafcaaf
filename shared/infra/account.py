"""Finds the AWS account of a synth: names of buckets contain it, and the provider refuses any other."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from shared.infra.settings.settings import ACCOUNT_PATTERN, Settings, SettingsError, read_settings

ACCOUNT_VARIABLE: Final = "AWS_ACCOUNT_ID"
UNKNOWN_ACCOUNT: Final = "000000000000"
"""Replaces the account where synth cannot find it. No AWS account has this id, so nothing can be deployed with it."""
_TIMEOUT_SECONDS: Final = 3


class AccountUnknownError(Exception):
    """The account cannot be found; the message says why, without any secret."""


def ask_sts(region: str) -> str:
    """Ask AWS for the account of the credentials in use.

    Raises:
        AccountUnknownError: there are none, or AWS did not answer within seconds.
    """
    # pylint: disable=import-outside-toplevel  # it takes a third of a second, and most synths know the account already
    import boto3  # noqa: PLC0415  same reason
    from botocore.config import Config  # noqa: PLC0415  same reason
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  same reason

    config = Config(connect_timeout=_TIMEOUT_SECONDS, read_timeout=_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    try:
        return str(boto3.Session().client("sts", region_name=region, config=config).get_caller_identity()["Account"])
    except ClientError as error:
        raise AccountUnknownError(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise AccountUnknownError(type(error).__name__) from error


def load_settings(
    variables: Mapping[str, str],
    *,
    notice: Callable[[str], None],
    ask: Callable[[str], str] = ask_sts,
) -> Settings:
    """Read an environment's settings, with its account: `AWS_ACCOUNT_ID`, else the settings', else the credentials'.

    Args:
        variables: environment variables; see `read_settings`.
        notice: takes a line for the user if the account is unknown.
        ask: returns the account id for a region; raises `AccountUnknownError` where it cannot.

    Raises:
        SettingsError: the settings are invalid, or `AWS_ACCOUNT_ID` is not an account id.
    """
    settings = read_settings(variables)
    given = variables.get(ACCOUNT_VARIABLE, "")
    if given and not re.fullmatch(ACCOUNT_PATTERN, given):
        raise SettingsError(f"{ACCOUNT_VARIABLE} = {given!r} is not twelve digits")
    account_id = given or settings.account_id
    if not account_id:
        try:
            account_id = ask(settings.region)
        except AccountUnknownError as error:
            account_id = UNKNOWN_ACCOUNT
            notice(
                f"AWS account unknown ({error}): synthesizing for {UNKNOWN_ACCOUNT}, which cannot be deployed. "
                f"Set {ACCOUNT_VARIABLE}, or log in to AWS."
            )
    return settings.model_copy(update={"account_id": account_id})
