"""How long a bucket keeps its objects: the rules of its lifecycle configuration."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)

from shared.infra.limits import within

MAX_DAYS: Final = 36_500
"""A hundred years: beyond it a number of days is a mistake."""
ARCHIVE_CLASS: Final = "GLACIER_IR"
"""The cheapest class whose objects are read at once: an upload can be run again at any time. S3 bills 90 days at least,
and moves no object of less than 128 KB, because that would cost more (S3's default for lifecycle transitions)."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long objects are kept whose keys have a prefix; in days after they were stored."""

    prefix: str
    days: int = 0
    """After which they are deleted; 0: never."""
    archive_days: int = 0
    """After which they move to `ARCHIVE_CLASS`; 0: never."""
    old_version_days: int = 0
    """How long what was deleted or overwritten is kept; 0: as long as the bucket's other objects."""


def lifecycle_rules(old_version_days: int, retentions: Iterable[Retention]) -> list[S3BucketLifecycleConfigurationRule]:
    """The rules for old versions and incomplete uploads, for delete markers, and for what is kept for some time only.

    Raises:
        LimitError: a number of days is none that S3 accepts.
    """
    limited = (each for each in retentions if each.days or each.archive_days)
    return [_old_versions(old_version_days), _delete_markers(), *map(_limited, limited)]


def _old_versions(old_version_days: int) -> S3BucketLifecycleConfigurationRule:
    days = within("old_version_days", old_version_days, 1, MAX_DAYS, "days")
    return S3BucketLifecycleConfigurationRule(
        id="expire",
        status="Enabled",
        # Empty: all objects.
        filter=[S3BucketLifecycleConfigurationRuleFilter()],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
        ],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=1)
        ],
    )


def _delete_markers() -> S3BucketLifecycleConfigurationRule:
    """Removes what is left of an object in a versioned bucket when its last version has expired.

    In a rule of its own: S3 does not accept the action beside a number of days.
    """
    return S3BucketLifecycleConfigurationRule(
        id="expire-delete-markers",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter()],
        expiration=[S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)],
    )


def _limited(kept: Retention) -> S3BucketLifecycleConfigurationRule:
    expiration, transition, old_versions = [], [], []
    if kept.days:
        days = within(f"expiry of {kept.prefix}", kept.days, kept.archive_days + 1, MAX_DAYS, "days")
        expiration = [S3BucketLifecycleConfigurationRuleExpiration(days=days)]
    if kept.archive_days:
        days = within(f"archiving of {kept.prefix}", kept.archive_days, 1, MAX_DAYS, "days")
        transition = [S3BucketLifecycleConfigurationRuleTransition(days=days, storage_class=ARCHIVE_CLASS)]
    if kept.old_version_days:
        days = within(f"old versions of {kept.prefix}", kept.old_version_days, 1, MAX_DAYS, "days")
        old_versions = [S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)]
    return S3BucketLifecycleConfigurationRule(
        id=f"expire-{kept.prefix.rstrip('/')}",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=kept.prefix)],
        expiration=expiration or None,
        transition=transition or None,
        noncurrent_version_expiration=old_versions or None,
    )
