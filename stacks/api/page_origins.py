"""Web pages that may store reports in the bucket, and read errors from it, by presigned links (CORS)."""

from collections.abc import Iterator
from typing import Final

from cdktf_cdktf_provider_aws.s3_bucket_cors_configuration import (
    S3BucketCorsConfiguration,
    S3BucketCorsConfigurationCorsRule,
)
from constructs import Construct

from shared.infra.refs import BucketRef
from shared.infra.settings.settings import Settings

_SIGNED: Final = ("content-type", "if-none-match", "x-amz-checksum-sha256")
"""Headers that a link makes its user send, without those that a browser sets by itself."""
_REMEMBERED_SECONDS: Final = 3_600


class PageOrigins(Construct):
    """The bucket's CORS configuration: the API's own page, and the pages of the origins in the settings.

    It is here, and not with the bucket, because the page's origin is the API's.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings, api_id: str, reports: BucketRef) -> None:
        super().__init__(scope, id_)
        rule = S3BucketCorsConfigurationCorsRule(
            allowed_methods=["GET", "PUT"],
            allowed_origins=[*dict.fromkeys([*_own_origins(settings, api_id), *settings.allowed_origins])],
            allowed_headers=[*_SIGNED],
            expose_headers=["ETag"],
            max_age_seconds=_REMEMBERED_SECONDS,
        )
        S3BucketCorsConfiguration(self, "cors", bucket=reports.name, cors_rule=[rule])


def _own_origins(settings: Settings, api_id: str) -> Iterator[str]:
    """Where a browser finds the API's own page."""
    if settings.domain:
        yield f"https://{settings.domain}"
    if not settings.domain or settings.keep_default_endpoint:
        yield f"https://{api_id}.execute-api.{settings.region}.amazonaws.com"
    if settings.endpoint_url:
        yield settings.endpoint_url
