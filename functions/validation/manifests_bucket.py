"""The manifests in the reports bucket."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.workflow import ByteRange

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class ManifestsBucket:
    """Implements `Manifests` with JSON Lines in ASCII, as a Distributed Map reads them.

    A report of 5 GB has some 41,000 ranges, one for each block of 128 KiB at most: 3 MB.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def store(self, key: str, ranges: Sequence[ByteRange]) -> None:
        """See `Manifests.store`."""
        body = "".join(f"{json.dumps(each)}\n" for each in ranges).encode("ascii")
        with aws_errors("store the ranges"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/jsonl")
