"""Stores an object whose size is not known before its end, in bounded memory."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import aws_errors
from functions.common.errors import TemporaryError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PART_BYTES: Final = 41_943_040
"""Bytes of a part. An object has at most 10,000 of them (S3 limit), so it may have 419 GB.

The corrections of a report that fits one request have no more: of hostile ones, made to grow, the largest has 36 MB. So
only a function for large reports needs the right to remove parts.
"""
_DOING: Final = "store an object in parts"
_CHECKSUM: Final = "CRC32"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The object to store."""

    client: "S3Client"
    bucket: str
    key: str
    content_type: str


def store_in_parts(target: Target, chunks: Iterable[bytes], *, part_bytes: int = PART_BYTES) -> None:
    """Store chunks as one object: with one call if they are small, otherwise in parts. No chunks make no object.

    No reader sees a part: under the key is the whole object, or what was there before. After an error, also of the
    chunks, the parts are removed.

    Args:
        target: the object.
        chunks: its content, which is read once.
        part_bytes: bytes of a part, which grows by at most a chunk; S3 accepts no part but the last below 5 MiB.

    Raises:
        TemporaryError: S3 was too busy, or did not answer; the object may be stored after all.
    """
    parts = _parts(chunks, part_bytes)
    first = next(parts, b"")
    if len(first) >= part_bytes:
        _store_parts(target, chain([first], parts))
    elif first:
        with aws_errors("store an object"):
            target.client.put_object(Bucket=target.bucket, Key=target.key, Body=first, ContentType=target.content_type)


def _parts(chunks: Iterable[bytes], part_bytes: int) -> Iterator[bytes]:
    """Chunks joined to parts of at least a size, except the last."""
    part = bytearray()
    for chunk in chunks:
        part += chunk
        if len(part) >= part_bytes:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _store_parts(target: Target, parts: Iterable[bytes]) -> None:
    at: dict[str, Any] = {"Bucket": target.bucket, "Key": target.key}
    with aws_errors(_DOING):
        begun = target.client.create_multipart_upload(
            **at, ContentType=target.content_type, ChecksumAlgorithm=_CHECKSUM
        )
    at["UploadId"] = begun["UploadId"]
    try:
        stored = [_store_part(target, at, number, part) for number, part in enumerate(parts, 1)]
        _complete(target, at, stored)
    except Exception:
        _abort(target, at)
        raise


def _store_part(target: Target, at: dict[str, Any], number: int, part: bytes) -> Any:
    with aws_errors(_DOING):
        answer = target.client.upload_part(**at, PartNumber=number, Body=part, ChecksumAlgorithm=_CHECKSUM)
    # An object that was begun with a checksum is completed with that of each part.
    return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]}


def _complete(target: Target, at: dict[str, Any], stored: Sequence[Any]) -> None:
    try:
        with aws_errors(_DOING):
            target.client.complete_multipart_upload(**at, MultipartUpload={"Parts": stored})
    except target.client.exceptions.NoSuchUpload as error:
        # boto3 repeated the call after an answer was lost, and the first one has ended the upload.
        raise TemporaryError(f"could not {_DOING}: it may be complete") from error


def _abort(target: Target, at: dict[str, Any]) -> None:
    """Remove the parts, as far as S3 answers: the error that led here is the one to be raised."""
    try:
        with aws_errors("remove the parts of an object"), suppress(target.client.exceptions.NoSuchUpload):
            target.client.abort_multipart_upload(**at)
    except (ClientError, TemporaryError):
        known = {"key": target.key}
        _log.exception("parts are left, until the bucket's lifecycle removes them", extra={"fields": known})
