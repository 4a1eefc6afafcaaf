"""The reports bucket: reports as they were submitted, and the errors of refused ones."""

import json
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import aws_errors, error_code
from functions.report.errors.validation_error import ValidationError
from shared.contracts.objects import corrections_key, errors_key, report_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LINK_SECONDS: Final = 900
"""How long a link to a file can be used by whoever has it."""

_IN_MEMORY: Final = 33_554_432
"""Bytes of a file that is made bit by bit; what is larger goes to the disk first, for S3 wants to know the size."""
_NOT_FOUND: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class ReportsBucket:
    """Reports and errors by bank and upload."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def has_report(self, bank_id: str, upload_id: str) -> bool:
        """Whether the report is stored."""
        try:
            with aws_errors("look for the report"):
                self._client.head_object(Bucket=self._bucket, Key=report_key(bank_id, upload_id))
        except ClientError as error:
            if error_code(error) in _NOT_FOUND:
                return False
            raise
        return True

    def put_report(self, bank_id: str, upload_id: str, content: bytes) -> None:
        """Store a report, which starts the workflow."""
        with aws_errors("store the report"):
            self._client.put_object(
                Bucket=self._bucket, Key=report_key(bank_id, upload_id), Body=content, ContentType="text/csv"
            )

    def put_errors(self, bank_id: str, upload_id: str, errors: tuple[ValidationError, ...]) -> None:
        """Store a refused report's errors as a JSON list."""
        body = json.dumps([each.as_dict() for each in errors]).encode()
        with aws_errors("store the errors"):
            self._client.put_object(
                Bucket=self._bucket, Key=errors_key(bank_id, upload_id), Body=body, ContentType="application/json"
            )

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store a refused report with its invalid rows marked; nothing if there are no chunks."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            file.writelines(chunks)
            if not file.tell():
                return
            file.seek(0)
            with aws_errors("store the corrections"):
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=corrections_key(bank_id, upload_id),
                    Body=file,
                    ContentType="text/csv; charset=utf-8",
                )

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        """A link that saves the corrections under a name (ASCII, no quotes), for `LINK_SECONDS`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": corrections_key(bank_id, upload_id),
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=LINK_SECONDS,
        )

    def get_errors(self, bank_id: str, upload_id: str) -> list[dict[str, Any]]:
        """The errors of a refused report, as `put_errors` wrote them."""
        with aws_errors("read the errors"):
            answer = self._client.get_object(Bucket=self._bucket, Key=errors_key(bank_id, upload_id))
            errors: list[dict[str, Any]] = json.loads(answer["Body"].read())
        return errors
