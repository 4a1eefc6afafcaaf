"""The reports bucket in S3."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import FORBIDDEN, NOT_FOUND, aws_errors, error_code
from functions.common.aws.parts import Target, store_in_parts
from functions.common.deadline import CALL_ATTEMPTS
from functions.common.errors import ReportMissingError, TemporaryError
from functions.common.reports import FIRST_PART, ReportVersion, StoredReport
from functions.report.errors.validation_error import ValidationError
from shared.contracts.objects import ATTEMPT_METADATA, corrections_key, errors_key, errors_part_key
from shared.contracts.uploads import NO_ATTEMPT

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LINK_SECONDS: Final = 900
"""How long anyone who has a link can use it."""
CHUNK_BYTES: Final = 8_388_608
"""Bytes of a large report that are read at once."""


class ReportsBucket:
    """Implements `Reports` and `RejectedReports`. Each function's role permits the part that it uses."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def stored_attempt(self, key: str) -> str | None:
        """See `Reports.stored_attempt`."""
        try:
            with self._existing(key), aws_errors("look for the report"):
                response = self._client.head_object(Bucket=self._bucket, Key=key)
        except ReportMissingError:
            return None
        return response["Metadata"].get(ATTEMPT_METADATA, NO_ATTEMPT)

    def store(self, key: str, content: bytes, *, attempt: str) -> None:
        """See `Reports.store`."""
        self._put("store the report", key, content, "text/csv", metadata={ATTEMPT_METADATA: attempt})

    def read(self, key: str) -> StoredReport:
        """See `Reports.read`."""
        with self._existing(key), aws_errors("read the report"):
            response = self._client.get_object(Bucket=self._bucket, Key=key)
            return StoredReport(content=response["Body"].read(), etag=response["ETag"])

    def look_up(self, key: str) -> ReportVersion:
        """See `Reports.look_up`."""
        with self._existing(key), aws_errors("look the report up"):
            response = self._client.head_object(Bucket=self._bucket, Key=key)
        return ReportVersion(size=response["ContentLength"], etag=response["ETag"])

    def read_chunks(self, key: str, version: ReportVersion) -> Iterator[bytes]:
        """See `Reports.read_chunks`.

        Each chunk is a call of its own, whose answer is read at once: what breaks off is read again, and nothing is
        held open while a chunk is worked on.

        Raises:
            ClientError: `PreconditionFailed` if the object no longer has this entity tag.
        """
        for start in range(0, version.size, CHUNK_BYTES):
            end = min(start + CHUNK_BYTES, version.size)
            yield self._read_again(key, start=start, end=end, etag=version.etag)

    def read_range(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        """See `Reports.read_range`.

        Raises:
            ReportMissingError: the object has been deleted.
            ClientError: `PreconditionFailed` if the object no longer has this entity tag.
        """
        with self._existing(key), aws_errors("read a range of the report"):
            response = self._client.get_object(
                Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end - 1}", IfMatch=etag
            )
            return response["Body"].read()

    def put_errors(
        self, bank_id: str, upload_id: str, errors: Sequence[ValidationError], *, part: int = FIRST_PART
    ) -> None:
        """See `RejectedReports.put_errors`."""
        body = json.dumps([each.as_dict() for each in errors]).encode()
        self._put("store the errors", _errors_key(bank_id, upload_id, part), body, "application/json")

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """See `RejectedReports.put_corrections`."""
        target = Target(
            client=self._client,
            bucket=self._bucket,
            key=corrections_key(bank_id, upload_id),
            content_type="text/csv; charset=utf-8",
        )
        store_in_parts(target, chunks)

    def get_errors(self, bank_id: str, upload_id: str, *, part: int = FIRST_PART) -> list[dict[str, Any]]:
        """See `RejectedReports.get_errors`."""
        with aws_errors("read the errors"):
            response = self._client.get_object(Bucket=self._bucket, Key=_errors_key(bank_id, upload_id, part))
            errors: list[dict[str, Any]] = json.loads(response["Body"].read())
        return errors

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        """See `RejectedReports.link_corrections`; the link expires after `LINK_SECONDS`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": corrections_key(bank_id, upload_id),
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=LINK_SECONDS,
        )

    def _read_again(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        """Read a range, several times if it breaks off: boto3 repeats a call, but not the reading of its answer."""
        for _ in range(CALL_ATTEMPTS - 1):
            with suppress(TemporaryError):
                return self.read_range(key, start=start, end=end, etag=etag)
        return self.read_range(key, start=start, end=end, etag=etag)

    def _put(
        self, doing: str, key: str, body: Any, content_type: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        with aws_errors(doing):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, Metadata=metadata or {}
            )

    @contextmanager
    def _existing(self, key: str) -> Iterator[None]:
        """Raise `ReportMissingError` where S3 does not find a report.

        S3 answers 403 in place of 404 to a caller that may not list the bucket, and ours may list below a prefix only,
        which a request for an object does not name. So a 403 says nothing until the key is looked for in the listing.
        """
        try:
            yield
        except ClientError as error:
            code = error_code(error)
            if code in NOT_FOUND or (code in FORBIDDEN and not self._is_listed(key)):
                raise ReportMissingError(f"object {key} is not in the reports bucket") from error
            raise

    def _is_listed(self, key: str) -> bool:
        with aws_errors("look for the report in the listing"):
            response = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(each["Key"] == key for each in response.get("Contents", []))


def _errors_key(bank_id: str, upload_id: str, part: int) -> str:
    return errors_key(bank_id, upload_id) if part == FIRST_PART else errors_part_key(bank_id, upload_id, part)
