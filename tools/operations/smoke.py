"""`./dev smoke`: submits a small report through the API of a deployed environment, and waits until it is COMPLETED."""

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.infra.settings.settings import Settings, SettingsError, read_settings
from tools.client.api import ApiClient, NoResponseError
from tools.client.uploads import PAUSE_SECONDS, Clock, Submission, SubmittedUpload, failed_expectations, send
from tools.errors import ToolError, no_answer
from tools.operations.deployed_api import find_api, pause_between_requests

BANK: Final = "smoke"
"""The bank of staging and prod that no partner uses. A preview has one bank, and no partner."""
SETTLE_SECONDS: Final = 120
"""API Gateway takes up to a minute to propagate a new key and a new stage."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Test the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    parser = argparse.ArgumentParser(prog="./dev smoke", description=__doc__)
    parser.add_argument("--bank", help=f"bank that submits the report (default: {BANK}, or the environment's only one)")
    chosen = parser.parse_args(arguments).bank
    try:
        settings = read_settings(os.environ)
        if settings.truststore_uri:
            print("./dev smoke: not tested. The API accepts clients with a certificate only (truststore_uri).")
            return 0
        bank_id = chosen or default_bank(settings)
        client = boto3.Session().client("apigateway", region_name=settings.region)
        api = find_api(client, settings, bank_id, os.environ)
        smoke(api, bank_id, clock=Clock(), say=print, pause=pause_between_requests(settings))
    except BotoCoreError as error:
        print(f"./dev smoke: {no_answer(error)}", file=sys.stderr)
    except (ToolError, SettingsError, ClientError) as error:
        print(f"./dev smoke: {error}", file=sys.stderr)
    else:
        return 0
    return 1


def default_bank(settings: Settings) -> str:
    """The bank that submits the report if none is named.

    Raises:
        ToolError: the environment has several banks, and none for this test.
    """
    if BANK in settings.banks:
        return BANK
    if len(settings.banks) == 1:
        return next(iter(settings.banks))
    raise ToolError(f"{settings.suffix} has no bank {BANK!r}; name one with --bank: {', '.join(settings.banks)}")


def smoke(
    api: ApiClient, bank_id: str, *, clock: Clock, say: Callable[[str], None], pause: float = PAUSE_SECONDS
) -> SubmittedUpload:
    """Submit a new report, and follow its upload to the end.

    Args:
        api: with the bank's key.
        bank_id: whose report.
        clock: for the pauses and the times.
        say: prints a line for the user.
        pause: seconds between two requests, at least.

    Returns:
        The upload, which is COMPLETED.

    Raises:
        ToolError: the API does not accept the key or the report, or the upload is not COMPLETED in time.
    """
    _wait_until_accepted(api, clock, pause)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "smoke.csv"
        path.write_bytes(report(bank_id, token=secrets.token_hex(8), now=datetime.now(UTC)))
        submission = Submission(bank_id=bank_id, path=path, rows=2)
        (upload,) = send(
            [submission], lambda _: api, clock, lambda each: say(f"upload {each.upload_id}: {each.status}"), pause=pause
        )
    if failed := failed_expectations([upload]):
        raise ToolError(f"{'; '.join(failed)} (upload {upload.upload_id})")
    say(f"It took {upload.seconds:.1f} s.")
    return upload


def report(bank_id: str, *, token: str, now: datetime) -> bytes:
    """A valid report of two rows that cancel each other out, so that no total changes.

    Args:
        bank_id: the reporting bank.
        token: makes the transaction ids new.
        now: the transactions' timestamp.
    """
    time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = (f"smoke-{token}-{sign}1,{sign}1.00,EUR,{time},{bank_id}\n" for sign in ("", "-"))
    return ("transaction_id,amount,currency,timestamp,bank_id\n" + "".join(rows)).encode()


def _wait_until_accepted(api: ApiClient, clock: Clock, pause: float) -> None:
    began = clock.now()
    while (answer := _answer(api)) != str(HTTPStatus.OK.value):
        if clock.now() - began > SETTLE_SECONDS:
            raise ToolError(
                f"GET /uploads still returned {answer} after {SETTLE_SECONDS} s. "
                "Check that the bank's key belongs to the stage, then run ./dev smoke again."
            )
        clock.sleep(pause)


def _answer(api: ApiClient) -> str:
    """Status code of the list of uploads, or why there was none: the host name of a new API may not resolve yet."""
    try:
        return str(api.uploads("limit=1").status)
    except NoResponseError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
