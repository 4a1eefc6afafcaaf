"""The course of one upload: when it was first seen in which status, and when it has to stop."""

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.parts.outcome import BenchmarkError
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Clock, SubmittedUpload

_SHOWN_SECONDS: Final = 10.0
"""Between two lines about the same status."""


class Course:
    """Follows one upload, for `tools.client.uploads.send`.

    Args:
        most_seconds: how long it may take, from now on.
        check: called before each pause; raises if the run has to stop for another reason.
        say: called with each line about the progress.
        clock: tests pass one that does not wait.
    """

    def __init__(
        self, *, most_seconds: float, check: Callable[[], None], say: Callable[[str], None], clock: Clock
    ) -> None:
        self._most_seconds = most_seconds
        self._check = check
        self._say = say
        self._clock = clock
        self._began = clock.now()
        self._said = -_SHOWN_SECONDS
        self._last: SubmittedUpload | None = None
        self._first_seen: dict[UploadStatus, float] = {}

    @property
    def first_seen(self) -> Mapping[UploadStatus, float]:
        """Seconds after which each status was first seen; that of a report that is being stored is not."""
        return self._first_seen

    @property
    def clock(self) -> Clock:
        """A clock whose pauses end the run when it has to stop."""
        return Clock(now=self._clock.now, sleep=self._pause)

    def show(self, upload: SubmittedUpload) -> None:
        """Note the upload's status, and say how far it is.

        Raises:
            BenchmarkError: the run has to stop.
        """
        self._require()
        seconds = self._seconds()
        is_new = self._last is None or self._last.status is not upload.status
        self._last = upload
        if upload.sent is None:
            self._first_seen.setdefault(upload.status, seconds)
        if is_new or seconds - self._said >= _SHOWN_SECONDS:
            self._said = seconds
            self._say(self.described())

    def described(self) -> str:
        """How far the upload is, in a line."""
        upload, seconds = self._last, self._seconds()
        if upload is None:
            return f"not declared after {seconds:,.0f} s"
        text = f"{upload.status} after {seconds:,.0f} s"
        if upload.sent is not None:
            return f"{text}: {upload.sent / 1e6:,.1f} of {upload.size / 1e6:,.1f} MB stored"
        if upload.progress is not None:
            done, rows = upload.progress
            spent = seconds - self._first_seen[UploadStatus.LOADING]
            speed = f", {done / spent:,.0f} rows/s" if spent > 0 else ""
            return f"{text}: {done:,} of {rows:,} rows ({done / rows:.1%}){speed}"
        return text

    def _pause(self, seconds: float) -> None:
        self._require()
        self._clock.sleep(seconds)

    def _require(self) -> None:
        self._check()
        if self._seconds() > self._most_seconds:
            raise BenchmarkError(f"it has not ended after {self._most_seconds / 60:g} minutes: {self.described()}")

    def _seconds(self) -> float:
        return self._clock.now() - self._began
