"""One upload with a broken call: a bank submits it, and submits it again when it must; then all wait for its end."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from threading import Event, Lock
from typing import Final

from functions.common.aws.uploads_table import UploadsTable
from functions.common.uploads import Upload, derive_upload_id
from functions.intake.intake import BEGINNER_TIME
from local.deployment.outputs import Pipeline
from shared.contracts.tables import BY_DUE, UPLOADS
from shared.contracts.uploads import ENDED, UploadStatus
from tests.broken_calls.breaks import Break, Watched
from tests.broken_calls.proxy import Proxy
from tests.e2e.reports import fresh_report
from tests.e2e.uploads import LONG_AGO, sweep
from tools.client.api import ApiClient, NoResponseError

LIMIT_SECONDS: Final = 420
"""For one upload; the longest one is given up after four minutes."""
AGAIN_SECONDS: Final = BEGINNER_TIME.total_seconds() + 2
"""A bank whose upload is RECEIVED for so long submits it again."""
_PAUSE_SECONDS: Final = 0.2
_ACCEPTED: Final = frozenset({HTTPStatus.ACCEPTED, HTTPStatus.OK})


class Help(StrEnum):
    """Who had to do something, so that an upload is COMPLETED."""

    BANK = "again"
    REDRIVE = "redrive"
    SWEEPER = "sweeper"


@dataclass(kw_only=True)
class Broken:
    """An upload with a broken call, and what became of it."""

    planned: Break | None
    bank_id: str
    content: bytes
    help: list[Help] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0
    watched: Watched = field(init=False)

    def __post_init__(self) -> None:
        """Watch the upload."""
        self.watched = Watched(self.upload_id, self.planned)

    @property
    def upload_id(self) -> str:
        """Of the upload."""
        return derive_upload_id(self.bank_id, self.content)

    def needs(self, help_: Help) -> None:
        """Note who had to help."""
        if help_ not in self.help:
            self.help.append(help_)

    @property
    def result(self) -> str:
        """In a word or two."""
        if self.violations:
            return "**broken**"
        return ", ".join(self.help) or "ok"


class Runner:
    """Runs uploads on a deployed pipeline whose functions call AWS through the proxy."""

    def __init__(self, pipeline: Pipeline, proxy: Proxy) -> None:
        self.pipeline = pipeline
        self.stopped = Event()
        """Set to wait for no upload any more."""
        self._proxy = proxy
        self._uploads = UploadsTable(pipeline.cloud.dynamodb, pipeline.uploads_table)
        self._steps = pipeline.cloud.client("stepfunctions")
        self._posting = {bank_id: Lock() for bank_id in pipeline.keys}

    def read(self, upload_id: str) -> Upload | None:
        """An upload, as it is in the table."""
        return self._uploads.get(upload_id)

    def run(self, bank_id: str, planned: Break | None = None) -> Broken:
        """Submit a new report, break what is planned, and wait for the end of its workflow.

        A FAILED upload needs a redrive, which is not done here. What the workflow has left half-way gets the sweeper.
        """
        began = time.monotonic()
        run = Broken(planned=planned, bank_id=bank_id, content=fresh_report(bank_id))
        with self._proxy.watching(run.watched):
            self._submit(run)
            self._follow(run, began + LIMIT_SECONDS)
        run.seconds = time.monotonic() - began
        upload = self.read(run.upload_id)
        if upload and upload.status is UploadStatus.FAILED:
            run.needs(Help.REDRIVE)
        if planned and not run.watched.broken:
            run.violations.append("the call to break was not made")
        return run

    def _submit(self, run: Broken) -> None:
        """Submit the report until the API has accepted it."""
        # The first call looks the bank up by its key's digest; so a bank submits one report at a time.
        api, digest = self.pipeline.client(run.bank_id), sha256(self.pipeline.keys[run.bank_id].encode()).hexdigest()
        with self._posting[run.bank_id], run.watched.also_known_by(digest):
            while not self.stopped.is_set() and not _is_accepted(api, run):
                run.needs(Help.BANK)
                time.sleep(1)  # the answer's `retry-after`

    def _follow(self, run: Broken, limit: float) -> None:
        submitted = time.monotonic()
        while time.monotonic() < limit and not self.stopped.is_set():
            upload = self.read(run.upload_id)
            if upload and _is_done(upload):
                return
            if upload and self._is_left(upload) and Help.SWEEPER not in run.help:
                run.watched.stop()
                run.needs(Help.SWEEPER)
                self._make_due(upload)
                sweep(self.pipeline)
            waits = upload is None or upload.status is UploadStatus.RECEIVED
            if waits and not run.watched.in_workflow and time.monotonic() > submitted + AGAIN_SECONDS:
                run.needs(Help.BANK)
                self._submit(run)
                submitted = time.monotonic()
            time.sleep(_PAUSE_SECONDS)
        run.violations.append(f"no end within {LIMIT_SECONDS} s: {self.read(run.upload_id)}")

    def _is_left(self, upload: Upload) -> bool:
        """Whether the execution has ended without bringing the upload to its end."""
        if not upload.execution:
            return False
        ended = self._steps.describe_execution(executionArn=upload.execution)["status"] != "RUNNING"
        latest = self.read(upload.upload_id)
        return ended and not (latest and _is_done(latest))

    def _make_due(self, upload: Upload) -> None:
        """Let the sweeper look after an upload now, and not in six minutes."""
        client = self.pipeline.cloud.dynamodb
        with suppress(client.exceptions.ConditionalCheckFailedException):  # a late call has brought it to its end
            client.update_item(
                TableName=self.pipeline.uploads_table,
                Key={UPLOADS.partition_key: {"S": upload.upload_id}},
                UpdateExpression=f"SET {BY_DUE.sort_key} = :due",
                ConditionExpression=f"attribute_exists({BY_DUE.partition_key})",
                ExpressionAttributeValues={":due": {"S": LONG_AGO}},
            )


def _is_accepted(api: ApiClient, run: Broken) -> bool:
    try:
        return api.upload(f"{run.upload_id}.csv", run.content).status in _ACCEPTED
    except NoResponseError:
        return False


def _is_done(upload: Upload) -> bool:
    """Whether an upload has ended, and that is announced; a failed one has its dead letter."""
    if upload.status is UploadStatus.FAILED:
        return upload.dead_letter_at is not None
    return upload.status in ENDED and upload.notified_at is not None
