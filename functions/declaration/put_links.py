"""Presigned PUTs of reports into the reports bucket, in S3."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from functions.declaration.declaration import Declaration, Link
from shared.contracts.uploads import LINK_TIME

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONTENT_TYPE: Final = "text/csv"
_NOTHING_STORED: Final = "*"
"""The link stores once (S3: conditional writes). Each stored object starts an execution, so a second one could cost."""


class PutLinks:
    """Implements `ReportLinks`: with version 4 of S3's signature, digest, length and type are signed headers.

    So S3 refuses a PUT without them, and one whose bytes do not have the digest. A digest that is in the URL's query
    alone would not be compared with anything.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def link(self, key: str, declaration: Declaration, *, expires_at: str) -> Link:
        """See `ReportLinks.link`. Nothing is sent to S3."""
        digest = base64.b64encode(bytes.fromhex(declaration.sha256)).decode()
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentLength": declaration.size,
                "ContentType": _CONTENT_TYPE,
                "ChecksumSHA256": digest,
                "IfNoneMatch": _NOTHING_STORED,
            },
            ExpiresIn=int(LINK_TIME.total_seconds()),
        )
        headers = {
            "content-length": str(declaration.size),
            "content-type": _CONTENT_TYPE,
            "x-amz-checksum-sha256": digest,
            "if-none-match": _NOTHING_STORED,
        }
        _require_signed(url, headers)
        return Link(url=url, headers=headers, expires_at=expires_at)


def _require_signed(url: str, headers: Mapping[str, str]) -> None:
    """Make sure that the link has the headers that the bank is told to send, whatever boto3 Lambda runs.

    Raises:
        ValueError: boto3 has signed other ones: with those, S3 would refuse every PUT, or would not compare the digest.
    """
    (signed,) = parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"]
    if set(signed.split(";")) != {"host", *headers}:
        raise ValueError(f"boto3 has signed the headers {signed}, expected host and {', '.join(sorted(headers))}")
