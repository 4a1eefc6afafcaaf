"""The reports bucket in S3."""

import json
from collections.abc import Iterable, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import NOT_FOUND, aws_errors, error_code
from functions.common.errors import ReportMissingError
from functions.common.reports import StoredReport
from functions.report.errors.validation_error import ValidationError
from shared.contracts.objects import ATTEMPT_METADATA, corrections_key, errors_key
from shared.contracts.uploads import NO_ATTEMPT

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LINK_SECONDS: Final = 900
"""How long anyone who has a link can use it."""

_IN_MEMORY: Final = 33_554_432
"""Bytes of a file that is written in chunks; a larger one is buffered on disk, because S3 requires the size."""


class ReportsBucket:
    """Implements `Reports` and `RejectedReports`. Each function's role permits the part that it uses."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def stored_attempt(self, key: str) -> str | None:
        """See `Reports.stored_attempt`."""
        try:
            with aws_errors("look for the report"):
                response = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error_code(error) in NOT_FOUND:
                return None
            raise
        return response["Metadata"].get(ATTEMPT_METADATA, NO_ATTEMPT)

    def store(self, key: str, content: bytes, *, attempt: str) -> None:
        """See `Reports.store`."""
        self._put("store the report", key, content, "text/csv", metadata={ATTEMPT_METADATA: attempt})

    def read(self, key: str) -> StoredReport:
        """See `Reports.read`."""
        try:
            with aws_errors("read the report"):
                response = self._client.get_object(Bucket=self._bucket, Key=key)
                return StoredReport(content=response["Body"].read(), etag=response["ETag"])
        except ClientError as error:
            if error_code(error) in NOT_FOUND:
                raise ReportMissingError(f"object {key} is not in the reports bucket") from error
            raise

    def read_range(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        """See `Reports.read_range`.

        Raises:
            ClientError: `PreconditionFailed` if the object no longer has this entity tag.
        """
        with aws_errors("read a range of the report"):
            response = self._client.get_object(
                Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end - 1}", IfMatch=etag
            )
            return response["Body"].read()

    def put_errors(self, bank_id: str, upload_id: str, errors: Sequence[ValidationError]) -> None:
        """See `RejectedReports.put_errors`."""
        body = json.dumps([each.as_dict() for each in errors]).encode()
        self._put("store the errors", errors_key(bank_id, upload_id), body, "application/json")

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """See `RejectedReports.put_corrections`."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            file.writelines(chunks)
            if not file.tell():
                return
            file.seek(0)
            self._put("store the corrections", corrections_key(bank_id, upload_id), file, "text/csv; charset=utf-8")

    def get_errors(self, bank_id: str, upload_id: str) -> list[dict[str, Any]]:
        """See `RejectedReports.get_errors`."""
        with aws_errors("read the errors"):
            response = self._client.get_object(Bucket=self._bucket, Key=errors_key(bank_id, upload_id))
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

    def _put(
        self, doing: str, key: str, body: Any, content_type: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        with aws_errors(doing):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, Metadata=metadata or {}
            )
