"""The reports bucket's objects by prefix, in S3."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from functions.sweeper.sweeper import StoredObject
from shared.contracts.objects import REPORTS_PREFIX, report_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class ReportsListing:
    """Implements `ReportsByPrefix`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._pages = client.get_paginator("list_objects_v2")
        self._bucket = bucket

    def banks(self) -> Iterator[str]:
        """See `ReportsByPrefix.banks`."""
        with aws_errors("list the banks"):
            for page in self._pages.paginate(Bucket=self._bucket, Prefix=REPORTS_PREFIX, Delimiter="/"):
                for each in page.get("CommonPrefixes", []):
                    yield each["Prefix"].removeprefix(REPORTS_PREFIX).rstrip("/")

    def of_bank(self, bank_id: str, *, beginning: str) -> Iterator[StoredObject]:
        """See `ReportsByPrefix.of_bank`."""
        with aws_errors("list the reports"):
            for page in self._pages.paginate(Bucket=self._bucket, Prefix=report_key(bank_id, beginning)):
                for each in page.get("Contents", []):
                    yield StoredObject(key=each["Key"], size=each["Size"], stored_at=each["LastModified"])
