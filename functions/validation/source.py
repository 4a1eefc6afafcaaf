"""The bytes of the report that is validated: those of a small one at once, those of a large one in chunks.

What a report of 5 GB needs, the largest that one PUT can store, on one whole core:

- Memory. The shortest rows with different ids have 35 bytes, so there are 153 million. A partition of 600,000 hashes
  takes 41 MB while it is searched (measured), log, hashes and partitions in memory three times 32, a chunk and the
  blocks 9, 41,000 ranges 15, and of a rejected report 100,000 errors 100 and a part of the corrections twice 42. That
  is 350 MB if it were all at once.
- Disk. Each id is in the log and, if many ids are repeated, in a partition, each time with 8 bytes for its line; its
  hash has 8 bytes. Of rows with ids of 64 characters, the longest, that is 154 of at least 94 bytes: 8.2 GiB.
  Corrections are not on disk.
- Time. Usual rows with random ids, 72 million of 75 bytes, take 103 s at 0.7 million in a second; the shortest 149 s,
  at 1.03 million. Reading takes 67 s at 80 MB in a second. The second pass over a rejected report takes reading, and
  at 0.3 million rows in a second 240 s: 480 s together. If each row is invalid in two columns, 0.19 million in a
  second take 380 s: 750 s together. The shortest rows, all of them invalid, take 0.2 to 0.4 million in a second, and
  with the corrections more than the 900 s that Lambda gives: such a report ends FAILED. (Rows in a second are
  measured on one core of a busy machine; what S3 gives is assumed.)
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from functions.common.reports import Reports
from functions.common.uploads import upload_id_of
from functions.report.format.definition import MAX_MARKED
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.contracts.objects import ReportLocation, report_key
from shared.contracts.uploads import is_large

if TYPE_CHECKING:
    from hashlib import _Hash


class WrongContentError(Exception):
    """The object's content does not match its key, so neither `intake` nor a declared upload has stored it."""


class WrongSizeError(Exception):
    """A small report was announced and a large one is stored, or the reverse: it is in the wrong workflow."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stored report."""

    size: int
    """In bytes."""
    etag: str
    chunks: Callable[[], Iterable[bytes]]
    """All of its bytes; each call begins again. Another object under its key is an error."""

    @property
    def large(self) -> bool:
        """Whether its bytes come in chunks, and its ranges do not fit into a payload."""
        return is_large(self.size)


def open_source(reports: Reports, key: str, *, announced: int) -> Source:
    """The report under a key, of which the event announced the size in bytes.

    Raises:
        ReportMissingError: there is no such object.
        WrongSizeError: its size asks for the other workflow.
    """
    if is_large(announced):
        version = reports.look_up(key)
        chunks = partial(reports.read_chunks, key, version)
        source = Source(size=version.size, etag=version.etag, chunks=chunks)
    else:
        stored = reports.read(key)
        source = Source(size=len(stored.content), etag=stored.etag, chunks=lambda: [stored.content])
    if source.large != is_large(announced):
        raise WrongSizeError(f"object {key} has {source.size} bytes, but {announced} were announced")
    return source


def validate(source: Source, location: ReportLocation, *, now: datetime) -> ValidationResult:
    """Validate a report for the bank of its key, and compare the upload id of its bytes with that of its key.

    Raises:
        WrongContentError: it is another.
    """
    digest = sha256()
    hashed = _hashed(source.chunks(), digest)
    result = validate_report(
        hashed, bank_id=location.bank_id, now=now, max_bytes=MAX_DECLARED_BYTES, max_errors=MAX_MARKED
    )
    # One that is too large was not read to its end.
    deque(hashed, maxlen=0)
    if upload_id_of(location.bank_id, digest.hexdigest()) != location.upload_id:
        key = report_key(location.bank_id, location.upload_id)
        raise WrongContentError(f"object {key}: its content has another upload id than its key")
    return result


def _hashed(chunks: Iterable[bytes], digest: "_Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
