"""State stack: what an account and region needs once, before any environment."""

from dataclasses import dataclass

from cdktf import TerraformOutput, TerraformStack
from constructs import Construct

from shared.contracts.tables import TableKeys
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.table import Table
from shared.infra.environment_stack import add_local_backend, add_provider
from shared.infra.naming import SHARED, SharedNamer
from shared.infra.progress import report_progress
from shared.infra.refs import BucketRef, TableRef
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from stacks.state.api_logging import ApiLogging
from stacks.state.boundaries import Boundaries
from stacks.state.ci import CiAccess
from stacks.state.sampling import Sampling

_LOCK_KEYS = TableKeys(partition_key="LockID")
"""Set by Terraform's S3 backend."""
_OLD_STATE_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class StateOutputs:
    """Where the state of all environments is stored. Backends take no references: they use the names."""

    bucket: BucketRef
    lock_table: TableRef


class StateStack(TerraformStack):
    """State bucket, lock table, sampling rules, API Gateway's logging role, permissions boundaries, and what CI needs.

    Its own state is a file: there is no bucket yet.

    Attributes:
        outputs: refs of bucket and table.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        report_progress(f"building {StackName.STATE}")
        super().__init__(scope, StackName.STATE)
        names = SharedNamer(account_id=settings.account_id, region=settings.region)
        add_provider(self, settings=settings, environment=SHARED)
        folder = f"{settings.account_id}-{settings.region}"
        add_local_backend(self, settings.state_directory / folder / f"{StackName.STATE}.tfstate")
        # To destroy the state of all environments must take more than a mistake.
        protected = not settings.local_cloud
        bucket = PrivateBucket(
            self,
            "state",
            name=names.state_bucket,
            old_version_days=_OLD_STATE_DAYS,
            protected=protected,
        )
        lock_table = Table(self, "lock", name=names.lock_table, keys=_LOCK_KEYS, protected=protected)
        if (
            not settings.local_cloud
        ):  # it has no X-Ray; `xray` is no reason: this stack is the same for all environments
            Sampling(self, "sampling", names=names)
        ApiLogging(self, "api-logging", role_name=names.api_logging_role)
        Boundaries(self, "boundaries", names=names)
        if settings.ci.repository:
            access = CiAccess(self, "ci", names=names, ci=settings.ci, protected=protected)
            for name, arn in access.role_arns.items():
                description = f"AWS_ROLE_ARN of the GitHub environment {name}"
                output = f"ci_role_arn_{name.replace('-', '_')}"
                TerraformOutput(self, output, value=arn, description=description)
        self.outputs = StateOutputs(bucket=bucket.ref, lock_table=lock_table.ref)
