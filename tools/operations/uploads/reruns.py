"""Runs dead letters again, and follows each to its end.

Only conditional writes decide: a letter whose upload has been run again in the meantime changes nothing. So a run may
be interrupted at any time, and two may run at once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from functions.common.restarts import Restarts, stored
from functions.common.uploads import Upload
from shared.contracts.uploads import ENDED, UNFINISHED, AttemptBy, UploadStatus, is_large
from tools.client.uploads import Clock
from tools.operations.uploads.dead_letters import DeadLetters, Letter

AT_ONCE: Final = 10
"""Uploads that run at the same time, so that a full queue leaves room for the banks' own."""
LIMIT_SECONDS: Final = 330
"""An Express workflow runs for 300 (Step Functions quota)."""
LARGE_LIMIT_SECONDS: Final = 86_430
"""That of large reports for a day (`stacks/compute/workflow/definition.py`)."""
_PAUSE_SECONDS: Final = 1.0


class Action(StrEnum):
    """What a run does with a letter."""

    RESTART = "run again"
    """Begin a new attempt."""
    START = "start"
    """Start the workflow without a new attempt: there is no upload, or only its outcome is not published."""
    DELETE = "already run again"
    """Its attempt is not the upload's current one any more, or has ended otherwise."""
    WAIT = "declared again: wait for its report"
    """The bank has declared it again, but not stored it. If it does not, the upload is again what it was before."""
    KEEP = "cannot be run"
    """It is none of this pipeline's letters: delete it in SQS."""


@dataclass(kw_only=True)
class Rerun:
    """A letter, and how far it has come."""

    letter: Letter
    upload: Upload | None
    """As it was last read."""
    action: Action
    attempt: str = ""
    """The new attempt, or the name of the execution, once it has begun."""
    began: float = 0.0
    result: str = ""
    ended: bool = False
    ok: bool = False

    def end(self, result: str, *, ok: bool) -> None:
        """It has ended."""
        self.result, self.ended, self.ok = result, True, ok


def plan(letter: Letter, upload: Upload | None) -> Action:
    """What is to be done with a letter, as its upload is now."""
    if letter.report is None:
        return Action.KEEP
    if upload is None:
        return Action.START
    if letter.attempt is None:  # An event that was not delivered: nothing has begun the work, or the sweeper has.
        waiting = upload.status in {UploadStatus.DECLARED, UploadStatus.RECEIVED}
        return Action.RESTART if waiting else Action.DELETE
    if letter.attempt != upload.attempt:
        return Action.WAIT if upload.status is UploadStatus.DECLARED else Action.DELETE
    if upload.status is UploadStatus.FAILED or upload.status in UNFINISHED:
        return Action.RESTART
    return Action.DELETE if upload.notified_at else Action.START


@dataclass(frozen=True, kw_only=True)
class Redrive:
    """Runs letters again."""

    letters: DeadLetters
    restarts: Restarts
    clock: Clock = field(default_factory=Clock)

    def find(self) -> list[Rerun]:
        """Receive all letters, and see what is to be done with each. The caller releases them."""
        return [self._planned(letter) for letter in self.letters.receive()]

    def release(self, reruns: Iterable[Rerun]) -> None:
        """Let other readers have the letters that are still in the queue."""
        for each in reruns:
            if each.action in {Action.KEEP, Action.WAIT} or not each.ended:
                self.letters.release(each.letter)

    def run(self, reruns: Sequence[Rerun], show: Callable[[Rerun], None]) -> None:
        """Run letters again, some at a time, until each has ended.

        Args:
            reruns: of `find`.
            show: called with each whenever it has changed.
        """
        waiting, active = deque(reruns), list[Rerun]()
        while waiting or active:
            while waiting and len(active) < AT_ONCE:
                active.append(waiting.popleft())
                self._begin(active[-1])
                show(active[-1])
            active = [each for each in active if not each.ended]
            if active:
                self.clock.sleep(_PAUSE_SECONDS)
            for each in active:
                self._follow(each)
                if each.ended:
                    show(each)

    def _planned(self, letter: Letter) -> Rerun:
        upload = self.restarts.uploads.get(letter.upload_id) if letter.report else None
        return Rerun(letter=letter, upload=upload, action=plan(letter, upload))

    def _begin(self, rerun: Rerun) -> None:
        letter = rerun.letter
        rerun.began = self.clock.now()
        if rerun.action is Action.RESTART and rerun.upload:
            size = (letter.report["size"] or None) if letter.report else None
            restarted = self.restarts.restart(rerun.upload, by=AttemptBy.REDRIVE, size=size)
            if restarted is None:
                rerun.upload = self.restarts.uploads.get(letter.upload_id)
                rerun.action = Action.DELETE
            else:
                # From here on, the attempt is in the uploads table, and leaves a letter of its own if it fails.
                self.letters.delete(letter)
                rerun.upload, rerun.attempt, rerun.result = restarted, restarted.attempt, "started"
        if rerun.action is Action.START and letter.report:
            rerun.attempt, rerun.result = self.restarts.new_attempt(), "started"
            start = stored(self.restarts.bucket, letter.report["key"], size=letter.report["size"])
            self.restarts.workflow.start(start, name=rerun.attempt)
        if rerun.action is Action.DELETE:
            self.letters.delete(letter)
            rerun.end(f"already run again: {rerun.upload.status if rerun.upload else 'no upload'}", ok=True)
        if rerun.action is Action.WAIT:
            rerun.end(Action.WAIT, ok=True)
        if rerun.action is Action.KEEP:
            rerun.end("cannot be run: delete it in SQS", ok=False)

    def _follow(self, rerun: Rerun) -> None:
        upload = rerun.upload = self.restarts.uploads.get(rerun.letter.upload_id)
        if upload and _has_ended(rerun, upload):
            rerun.end(described(upload), ok=upload.status is not UploadStatus.FAILED)
        elif upload is None and self.letters.has(rerun.attempt):
            rerun.end("FAILED before there was an upload: see its new dead letter", ok=False)
        elif self.clock.now() - rerun.began > (limit := limit_seconds(_size(rerun))):
            status = upload.status if upload else "without an upload"
            rerun.end(f"still {status} after {limit} s: ./dev explain {rerun.letter.upload_id}", ok=False)
            return
        if rerun.ended and rerun.action is Action.START:
            # Only now: until then, this letter is all that there is of it.
            self.letters.delete(rerun.letter)


def _size(rerun: Rerun) -> int:
    return rerun.letter.report["size"] if rerun.letter.report else 0


def _has_ended(rerun: Rerun, upload: Upload) -> bool:
    """Whether the upload has ended since the run began, in whichever attempt."""
    if upload.status not in ENDED:
        return False
    # A rerun that only publishes an outcome begins at an end.
    return rerun.action is Action.RESTART or upload.status is UploadStatus.FAILED or upload.notified_at is not None


def limit_seconds(size: int) -> int:
    """Seconds after which nothing can be at work any more on a run of a report of `size` bytes."""
    return LARGE_LIMIT_SECONDS if is_large(size) else LIMIT_SECONDS


def described(upload: Upload) -> str:
    """How an upload has ended, in a line."""
    if upload.status is UploadStatus.FAILED:
        return f"FAILED: {upload.error}"
    if upload.status is UploadStatus.REJECTED:
        return f"REJECTED: {upload.error_count} validation errors"
    counts = f"{upload.loaded} loaded, {upload.repeated} repeated, {upload.conflicts} in conflict"
    return f"COMPLETED: {counts}"
