"""A bucket without public access: encrypted, versioned, TLS only."""

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import S3BucketLifecycleConfiguration
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA, S3BucketVersioningVersioningConfiguration
from constructs import Construct

from shared.infra.constructs.retention import Retention, lifecycle_rules
from shared.infra.policies import deny_without_tls, document
from shared.infra.refs import BucketRef


class PrivateBucket(Construct):
    """A bucket.

    Attributes:
        ref: name and ARN.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        old_version_days: int,
        protected: bool,
        events: bool = False,
        retentions: Sequence[Retention] = (),
    ) -> None:
        """Make the bucket.

        Args:
            scope: parent.
            id_: construct id.
            name: physical name.
            old_version_days: how long an object is kept after it was overwritten or deleted.
            protected: whether Terraform refuses to plan its destruction; otherwise a destroy deletes the objects, too.
            events: whether S3 sends EventBridge an event for every object.
            retentions: how long objects are kept, by prefix; all others are kept.
        """
        super().__init__(scope, id_)
        lifecycle = TerraformResourceLifecycle(prevent_destroy=True) if protected else None
        bucket = S3Bucket(self, "bucket", bucket=name, force_destroy=not protected, lifecycle=lifecycle)
        self.ref = BucketRef(name=bucket.bucket, arn=bucket.arn)
        self._block_public_access()
        self._encrypt()
        self._expire(old_version_days, retentions)
        if events:
            # The one notification of this bucket: S3 keeps one configuration, and a second would replace it.
            S3BucketNotification(self, "notification", bucket=self.ref.name, eventbridge=True)

    def _block_public_access(self) -> None:
        block = S3BucketPublicAccessBlock(
            self,
            "access",
            bucket=self.ref.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        statement = deny_without_tls("s3:*", [self.ref.arn, f"{self.ref.arn}/*"])
        # S3 reports a conflict when both are written to one bucket at once.
        S3BucketPolicy(self, "policy", bucket=self.ref.name, policy=document([statement]), depends_on=[block])

    def _encrypt(self) -> None:
        by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256"
        )
        rule = S3BucketServerSideEncryptionConfigurationRuleA(
            apply_server_side_encryption_by_default=by_default,
            # S3's default for new buckets since April 2026: if it were not declared, every plan would undo it.
            blocked_encryption_types=["SSE-C"],
        )
        S3BucketServerSideEncryptionConfigurationA(self, "encryption", bucket=self.ref.name, rule=[rule])

    def _expire(self, old_version_days: int, retentions: Sequence[Retention]) -> None:
        enabled = S3BucketVersioningVersioningConfiguration(status="Enabled")
        versioning = S3BucketVersioningA(self, "versions", bucket=self.ref.name, versioning_configuration=enabled)
        rules = lifecycle_rules(old_version_days, retentions)
        S3BucketLifecycleConfiguration(self, "lifecycle", bucket=self.ref.name, rule=rules, depends_on=[versioning])
