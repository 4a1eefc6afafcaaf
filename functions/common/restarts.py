"""Runs a known upload again, as the sweeper and an operator do: a new attempt, then an execution of the workflow."""

from dataclasses import dataclass, replace
from typing import Protocol

from functions.common.attempts import NewAttempt, restarted
from functions.common.times import Clock
from functions.common.uploads import Upload, Uploads
from shared.contracts.objects import report_key
from shared.contracts.uploads import AttemptBy
from shared.contracts.workflow import Failure, Start


class Workflow(Protocol):
    """Starts executions."""

    def start(self, start: Start, *, name: str) -> None:
        """Start an execution, of the workflow for reports of the size that the input has.

        Args:
            start: its input.
            name: its name. A second execution of the same name may run or not; it does no harm.
        """
        ...


def start_of(bucket: str, upload: Upload, *, give_up: Failure | None = None) -> Start:
    """The input of an execution for an upload's current attempt; with `give_up`, one that only fails it."""
    start = stored(bucket, report_key(upload.bank_id, upload.upload_id), size=upload.size or 0)
    start["attempt"] = upload.attempt
    if give_up:
        start["give_up"] = give_up
    return start


def stored(bucket: str, key: str, *, size: int) -> Start:
    """The input of an execution for a stored report, as its event would have been; `size` is in bytes."""
    return Start(detail={"bucket": {"name": bucket}, "object": {"key": key, "size": size}})


@dataclass(frozen=True, kw_only=True)
class Restarts:
    """Begins new attempts of known uploads."""

    uploads: Uploads
    workflow: Workflow
    bucket: str
    """Where the reports are."""
    clock: Clock
    new_attempt: NewAttempt

    def restart(self, known: Upload, *, by: AttemptBy, size: int | None = None) -> Upload | None:
        """Begin a new attempt in place of an upload's current one, and start the workflow with it.

        The execution has the attempt's name, so that a repeated start is recognized.

        Args:
            known: the upload.
            by: who begins the attempt.
            size: bytes of the stored report; None if nothing but `known` tells. What was declared may be another:
                between a link and the PUT by it, a bank may have declared a wrong size.

        Returns:
            The upload in its new attempt; None if it no longer has the attempt and the status of `known`.

        Raises:
            TemporaryError: if the attempt has begun but the workflow has not, the sweeper will find it.
        """
        found = known if size is None else replace(known, size=size)
        upload = restarted(found, self.new_attempt(), by=by, now=self.clock())
        if not self.uploads.take_over(upload, known=known) and not self._is_current(upload):
            return None
        self.workflow.start(start_of(self.bucket, upload), name=upload.attempt)
        return upload

    def _is_current(self, upload: Upload) -> bool:
        """Whether the attempt has begun after all: if a write's answer is lost, boto3 repeats it, and it is refused."""
        current = self.uploads.get(upload.upload_id)
        return current is not None and current.attempt == upload.attempt
