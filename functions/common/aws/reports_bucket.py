"""The reports bucket in S3."""

import json
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import aws_errors, error_code
from functions.common.reports import StoredReport
from functions.report.errors.validation_error import ValidationError
from shared.contracts.objects import corrections_key, errors_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LINK_SECONDS: Final = 900
"""How long anyone who has a link can use it."""

_IN_MEMORY: Final = 33_554_432
"""Bytes of a file that is written in chunks; a larger one is buffered on disk, because S3 requires the size."""
_NOT_FOUND: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class ReportsBucket:
    """Implements `Reports` and `RejectedReports`. Each function's role permits the part that it uses."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def exists(self, key: str) -> bool:
        """See `Reports.exists`."""
        try:
            with aws_errors("look for the report"):
                self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error_code(error) in _NOT_FOUND:
                return False
            raise
        return True

    def store(self, key: str, content: bytes) -> None:
        """See `Reports.store`."""
        self._put("store the report", key, content, "text/csv")

    def read(self, key: str) -> StoredReport:
        """See `Reports.read`."""
        with aws_errors("read the report"):
            response = self._client.get_object(Bucket=self._bucket, Key=key)
            return StoredReport(content=response["Body"].read(), etag=response["ETag"])

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

    def _put(self, doing: str, key: str, body: Any, content_type: str) -> None:
        with aws_errors(doing):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
