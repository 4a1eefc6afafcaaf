"""In which ways a call is broken, and which requests are."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.functions import FunctionName
from tests.broken_calls.calls import Call, Kind, Request


class Way(StrEnum):
    """What happens to a request."""

    ERROR_BEFORE = "error before"
    """It is not carried out; the answer is an error 500."""
    ERROR_AFTER = "error after"
    """It is carried out, and the connection is cut instead of an answer."""
    TIME_OUT = "time-out"
    """There is no answer; it is carried out late, when the function has given it up."""


class Extent(StrEnum):
    """Which requests it happens to."""

    REQUEST = "one request"
    """One; boto3 sends it again."""
    CALL = "one call"
    """All that boto3 sends for one call. The function fails; the workflow, or the bank, calls it again."""
    EVERY = "every call"
    """Those of this and of each later call of its kind, until the workflow has given up."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """A call that is broken, and how."""

    call: Call
    way: Way
    extent: Extent

    @property
    def name(self) -> str:
        """For the progress."""
        return f"{self.call.kind.function}: {self.call.name}: {self.way}, {self.extent}"


class Watched:
    """An upload whose calls are counted and, as planned, broken.

    Args:
        upload_id: by which its requests are recognized.
        planned: what to break, if anything.
    """

    def __init__(self, upload_id: str, planned: Break | None = None) -> None:
        self.calls: list[Call] = []
        """In the order in which they began."""
        self.broken = 0
        """Requests that were broken."""
        self._planned = planned
        self._marks = {upload_id.encode()}
        self._known: dict[str, Call] = {}
        self._counts = Counter[Kind]()
        self._lock: Final = threading.Lock()

    @contextmanager
    def also_known_by(self, mark: str) -> Iterator[None]:
        """Recognize requests by another text, too, for some time."""
        self._marks.add(mark.encode())
        try:
            yield
        finally:
            self._marks.discard(mark.encode())

    @property
    def in_workflow(self) -> bool:
        """Whether the workflow has begun: then the bank has nothing to do."""
        return any(call.kind.function != FunctionName.INTAKE for call in tuple(self.calls))

    def stop(self) -> None:
        """Break nothing more."""
        self._planned = None

    def owns(self, request: Request) -> bool:
        """Whether a request is one of this upload's."""
        path = request.path.encode()
        return any(mark in request.body or mark in path for mark in tuple(self._marks))

    def decide(self, request: Request) -> Way | None:
        """Count a request of this upload; what is to happen to it, None for nothing."""
        with self._lock:
            call, planned = self._call(request), self._planned
            if planned is None or call.kind != planned.call.kind or not self._is_reached(call, planned):
                return None
            self.broken += 1
            return planned.way

    def _call(self, request: Request) -> Call:
        if request.call_id not in self._known:
            kind = Kind.of(request)
            self._counts[kind] += 1
            self._known[request.call_id] = Call(kind=kind, number=self._counts[kind])
            self.calls.append(self._known[request.call_id])
        return self._known[request.call_id]

    def _is_reached(self, call: Call, planned: Break) -> bool:
        match planned.extent:
            case Extent.REQUEST:
                return call.number == planned.call.number and not self.broken
            case Extent.CALL:
                return call.number == planned.call.number
            case Extent.EVERY:
                return call.number >= planned.call.number
