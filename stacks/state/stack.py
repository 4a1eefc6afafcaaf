"""State stack: what an account and region needs once, before any environment. It knows no environment."""

from cdktf import TerraformStack
from constructs import Construct

from shared.contracts.tables import TableKeys
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.table import Table
from shared.infra.environment_stack import add_local_backend, add_provider
from shared.infra.naming import SHARED, SharedNamer
from shared.infra.settings.settings import Settings
from stacks.state.api_logging import ApiLogging

_LOCK_KEYS = TableKeys(partition_key="LockID")
"""Set by Terraform's S3 backend."""
_OLD_STATE_DAYS = 90


class StateStack(TerraformStack):
    """State bucket, lock table, API Gateway's logging role. Its own state is a file: there is no bucket yet."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "state-stack")
        names = SharedNamer(account_id=settings.account_id, region=settings.region)
        add_provider(self, settings=settings, environment=SHARED)
        place = f"{settings.account_id}-{settings.region}"
        add_local_backend(self, settings.state_directory / place / "state-stack.tfstate")
        # Whoever destroys the state of all environments ought to mean it.
        kept = not settings.local_cloud
        PrivateBucket(
            self,
            "state",
            name=names.state_bucket,
            old_version_days=_OLD_STATE_DAYS,
            protected=kept,
        )
        Table(self, "lock", name=names.lock_table, keys=_LOCK_KEYS, protected=kept)
        ApiLogging(self, "api-logging", role_name=names.api_logging_role)
