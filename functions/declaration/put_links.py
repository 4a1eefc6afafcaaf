"""Presigned PUTs of reports into the reports bucket, in S3."""

import base64
from typing import TYPE_CHECKING, Final

from functions.declaration.declaration import Declaration, Link
from shared.contracts.uploads import LINK_TIME

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONTENT_TYPE: Final = "text/csv"


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
            },
            ExpiresIn=int(LINK_TIME.total_seconds()),
        )
        headers = {
            "content-length": str(declaration.size),
            "content-type": _CONTENT_TYPE,
            "x-amz-checksum-sha256": digest,
        }
        return Link(url=url, headers=headers, expires_at=expires_at)
