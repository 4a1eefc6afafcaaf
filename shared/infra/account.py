"""Finds out for which AWS account a synth is: names of buckets carry it, and the provider refuses any other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from shared.infra.settings.settings import Settings, SettingsError

ACCOUNT_VARIABLE: Final = "AWS_ACCOUNT_ID"
UNKNOWN_ACCOUNT: Final = "000000000000"
"""Stands for the account when synth has nobody to ask. No AWS account has it, so nothing can be deployed with it."""
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_TIMEOUT_SECONDS: Final = 3


def with_account(
    settings: Settings,
    variables: Mapping[str, str],
    *,
    ask: Callable[[str], str],
    notice: Callable[[str], None],
) -> Settings:
    """Fill in the account: from `AWS_ACCOUNT_ID`, else the settings, else whoever's credentials are at hand.

    Args:
        settings: of the environment.
        variables: environment variables.
        ask: gives the account id for a region; raises `AccountUnknownError` where it cannot.
        notice: takes a line for the user when nobody knew.

    Raises:
        SettingsError: `AWS_ACCOUNT_ID` is not an account id.
    """
    given = variables.get(ACCOUNT_VARIABLE, "")
    if given and not _ACCOUNT.fullmatch(given):
        raise SettingsError(f"{ACCOUNT_VARIABLE} = {given!r} is not twelve digits")
    if given or settings.account_id:
        return replace(settings, account_id=given or settings.account_id)
    try:
        return replace(settings, account_id=ask(settings.region))
    except AccountUnknownError as error:
        notice(
            f"AWS account unknown ({error}): synthesizing for {UNKNOWN_ACCOUNT}, good for reading, not for deploying. "
            f"Set {ACCOUNT_VARIABLE}, or log in to AWS."
        )
        return replace(settings, account_id=UNKNOWN_ACCOUNT)


class AccountUnknownError(Exception):
    """Nobody can say which account it is; the message says why, without any secret."""


def ask_sts(region: str) -> str:
    """Ask AWS whose credentials these are.

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
