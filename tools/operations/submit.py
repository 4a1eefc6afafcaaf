"""`./dev submit -- REPORT.csv --bank BANK`: submits a report of any size to an environment, and waits for its end.

A report that fits in one request is sent in one; a larger one is declared and stored by a link. The same command
resumes the wait: the upload's id derives from the bank and the report's bytes. An upload that has ended in the meantime
is shown; only with `--again`, its report is submitted again.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Group, RenderableType
from rich.text import Text

from functions.common.uploads import upload_id_of
from shared.contracts.uploads import UploadStatus
from shared.infra.settings.settings import SettingsError, read_settings
from tools.client.api import ApiClient
from tools.client.progress import described, progress_bar
from tools.client.uploads import PAUSE_SECONDS, Clock, Submission, SubmittedUpload, find, follow, send
from tools.errors import ToolError, no_answer
from tools.operations.deployed_api import find_api, pause_between_requests
from tools.terminal import Terminal

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C."""
_SHOWN_ERRORS: Final = 10
_COUNTS: Final = ("rows", "loaded", "repeated", "conflicts", "error_count")


def main(arguments: Sequence[str] | None = None) -> int:
    """Submit a report to the environment that `ENVIRONMENT_SUFFIX` names.

    Returns:
        0 if the upload is COMPLETED; 1 if it ended otherwise, or if something failed; 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="./dev submit --", description=__doc__)
    parser.add_argument("report", metavar="REPORT.csv", help="the report")
    parser.add_argument("--bank", required=True, help="the bank that submits it")
    parser.add_argument(
        "--again", action="store_true", help="submit it also if its upload has ended; a REJECTED or FAILED one restarts"
    )
    chosen = parser.parse_args(arguments)
    # `./dev` works in the root of the repository; INIT_CWD is the user's folder.
    report = Path(os.environ.get("INIT_CWD", "."), chosen.report)
    if not report.is_file():
        parser.error(f"{report} is not a file")
    try:
        settings = read_settings(os.environ)
        client = boto3.Session().client("apigateway", region_name=settings.region)
        api = find_api(client, settings, chosen.bank, os.environ)
        submission = Submission(bank_id=chosen.bank, path=report)
        pause = pause_between_requests(settings)
        upload = submit(api, submission, Clock(), Terminal.of_stdout(), again=chosen.again, pause=pause)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BotoCoreError as error:
        print(f"./dev submit: {no_answer(error)}", file=sys.stderr)
    except (ToolError, SettingsError, ClientError, OSError) as error:
        print(f"./dev submit: {error}", file=sys.stderr)
    else:
        return 0 if upload.status is UploadStatus.COMPLETED else 1
    return 1


def submit(
    api: ApiClient,
    submission: Submission,
    clock: Clock,
    out: Terminal,
    *,
    again: bool = False,
    pause: float = PAUSE_SECONDS,
) -> SubmittedUpload:
    """Submit a report unless it was submitted before, show how far its upload is, and print the outcome.

    Args:
        api: with the bank's key.
        submission: the report.
        clock: for pauses and durations.
        out: where it is shown.
        again: whether it is submitted in any case; a REJECTED or FAILED upload then begins again.
        pause: seconds between two requests for its status, at least.

    Raises:
        ToolError: the report was not accepted or not stored, or its upload has not ended in time.
        KeyboardInterrupt: by Ctrl-C.
        Both once it is said how to resume, if there is anything to resume.
    """
    latest: list[SubmittedUpload] = []
    known = None
    try:
        with out.live(lambda: _shown(submission, latest)) as changed:
            show = _follower(latest, changed)
            if not again:
                known = find(submission, upload_id_of(submission.bank_id, submission.identity.sha256), api, clock)
            if known:
                show(known)
                (upload,) = follow([known], lambda _: api, clock, show, pause=pause)
            else:
                (upload,) = send([submission], lambda _: api, clock, show, pause=pause)
    except KeyboardInterrupt:
        out.say("", *_how_to_resume(latest))
        raise
    except ToolError:
        if latest:
            out.say(*_how_to_resume(latest))
        raise
    out.say(*_outcome(upload))
    if known and known.ended:
        out.say(*_not_submitted(known))
    return upload


def _follower(latest: list[SubmittedUpload], changed: Callable[[str], None]) -> Callable[[SubmittedUpload], None]:
    def show(upload: SubmittedUpload) -> None:
        latest[:] = [upload]
        changed(f"upload {upload.upload_id}: {described(upload)}")

    return show


def _shown(submission: Submission, latest: Sequence[SubmittedUpload]) -> RenderableType:
    if not latest:
        return Text(f"Reading {submission.path.name}")
    upload = latest[-1]
    line = Text(f"upload {upload.upload_id}: {described(upload)} ({upload.seconds:.0f} s)")
    progress = progress_bar(upload)
    return Group(line, progress) if progress else line


def _how_to_resume(latest: Sequence[SubmittedUpload]) -> Iterator[str]:
    if latest and latest[-1].sent is None:
        yield f"Upload {latest[-1].upload_id} goes on without this command."
    elif latest:
        yield "The report is not stored yet: nothing of it goes on."
    yield "To continue, run the same command again: the report's bytes name the upload."


def _not_submitted(upload: SubmittedUpload) -> Iterator[str]:
    yield "It had ended before this command, which has submitted nothing."
    if upload.status is not UploadStatus.COMPLETED:
        yield "To submit the same report again, add --again; a corrected report is another upload."


def _outcome(upload: SubmittedUpload) -> Iterator[str]:
    facts = upload.facts
    counts = ", ".join(f"{name} {facts[name]:,}" for name in _COUNTS if facts.get(name) is not None)
    yield f"upload {upload.upload_id} is {upload.status}" + (f": {counts}" if counts else "")
    for currency, total in facts.get("totals", {}).items():
        yield f"  {currency} {total}"
    if upload.status is not UploadStatus.COMPLETED and facts.get("detail"):
        yield f"  {facts['detail']}"
    for each in upload.errors[:_SHOWN_ERRORS]:
        yield f"  line {each.get('line')}: {each.get('code')}: {each.get('message')}"
    if len(upload.errors) > _SHOWN_ERRORS:
        yield f"  ... and more: GET /uploads/{upload.upload_id} lists them and links the corrections"


if __name__ == "__main__":
    sys.exit(main())
