"""The results of loading in the reports bucket."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from functions.common.aws.errors import aws_errors
from shared.contracts.workflow import RangeLoaded

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


READERS: Final = 10
"""Results that are read side by side: a client of boto3 keeps as many connections.

Each takes 1.4 ms of one core, without its part of the network: 57 s for the 41,000 ranges of a report of 5 GB.
"""
_AHEAD: Final = 1_000
"""Results that are read before they are needed: each has a few KB at most."""


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

    def read_all(self, keys: Sequence[str]) -> Iterator[RangeLoaded]:
        """See `Loads.read_all`."""
        with ThreadPoolExecutor(READERS) as pool:
            for start in range(0, len(keys), _AHEAD):
                yield from pool.map(self.read, keys[start : start + _AHEAD])

    def keys(self, prefix: str) -> list[str]:
        """See `Loads.keys`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with aws_errors("list the ranges' results"):
            return [each["Key"] for page in pages for each in page.get("Contents", [])]
