"""The results of loading in the reports bucket."""

import json
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.workflow import RangeLoaded

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class LoadsBucket:
    """Implements `Loads`. Each function's role permits the part that it uses."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def store(self, key: str, loaded: RangeLoaded) -> None:
        """See `Loads.store`."""
        body = json.dumps(loaded).encode()
        with aws_errors("store a range's result"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")

    def read(self, key: str) -> RangeLoaded:
        """See `Loads.read`."""
        with aws_errors("read a range's result"):
            response = self._client.get_object(Bucket=self._bucket, Key=key)
            loaded: RangeLoaded = json.loads(response["Body"].read())
        return loaded

    def keys(self, prefix: str) -> list[str]:
        """See `Loads.keys`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with aws_errors("list the ranges' results"):
            return [each["Key"] for page in pages for each in page.get("Contents", [])]
