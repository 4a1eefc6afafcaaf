"""What every stack starts with: provider, tags, backend and names. No stack repeats a region or a tag."""

import os
from pathlib import Path
from typing import Any, Final

from cdktf import App, LocalBackend, S3Backend, S3BackendEndpointConfig, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from shared.infra.naming import Namer, SharedNamer
from shared.infra.progress import report_progress
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from shared.infra.tags import default_tags

_MADE_UP_KEY: Final = "test"
"""Access key and secret on the local cloud, so its settings can never be used with real ones."""


class EnvironmentStack(TerraformStack):
    """A stack of one environment.

    Attributes:
        settings: of the environment.
        namer: makes the names of its resources.
    """

    def __init__(self, scope: Construct, name: StackName, *, settings: Settings) -> None:
        report_progress(f"building {name}")
        super().__init__(scope, name)
        self.settings = settings
        self.namer = Namer(suffix=settings.suffix, account_id=settings.account_id, region=settings.region)
        add_provider(self, settings=settings, environment=settings.suffix)
        self._add_backend(name)

    def _add_backend(self, name: StackName) -> None:
        key = f"{self.settings.suffix}/{name}.tfstate"
        if self.settings.backend == "local":
            add_local_backend(self, self.settings.state_directory / key)
            return
        add_s3_backend(self, key, settings=self.settings)


def add_s3_backend(stack: TerraformStack, key: str, *, settings: Settings) -> None:
    """Keep a stack's state in the state-stack's bucket, locked while Terraform works on it.

    Stacks that read this one's outputs get the same settings from cdktf.

    Args:
        stack: which has no backend yet.
        key: of the state's object.
        settings: account, region, and the local cloud's URL if it is one.
    """
    shared = SharedNamer(account_id=settings.account_id, region=settings.region)
    S3Backend(
        stack,
        bucket=shared.state_bucket,
        key=key,
        region=settings.region,
        # cdktf 0.21 has no use_lockfile, the lock in the bucket itself.
        dynamodb_table=shared.lock_table,
        encrypt=True,
        **(_local_cloud(settings.endpoint_url) if settings.local_cloud else {}),
    )


def _local_cloud(endpoint_url: str) -> dict[str, Any]:
    """What Terraform's S3 backend needs on the local cloud, which has neither buckets as host names nor metadata."""
    skipped = ("credentials_validation", "metadata_api_check", "region_validation", "requesting_account_id")
    endpoints = dict.fromkeys(("s3", "dynamodb", "sts", "iam"), endpoint_url)
    return {
        "access_key": _MADE_UP_KEY,
        "secret_key": _MADE_UP_KEY,
        "endpoints": S3BackendEndpointConfig(**endpoints),
        "use_path_style": True,
        **{f"skip_{check}": True for check in skipped},
    }


def add_provider(stack: TerraformStack, *, settings: Settings, environment: str) -> None:
    """Give a stack the AWS provider, for one account and region, with tags for every taggable resource.

    Args:
        stack: which has none yet.
        settings: account, region, and whether it is the local cloud.
        environment: value of the tag Environment.
    """
    tags = default_tags(environment=environment, cost_center=settings.cost_center, repository=settings.repository)
    made_up_key = _MADE_UP_KEY if settings.local_cloud else None
    AwsProvider(
        stack,
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        default_tags=[AwsProviderDefaultTags(tags=tags)],
        access_key=made_up_key,
        secret_key=made_up_key,
        s3_use_path_style=settings.local_cloud or None,
    )


def add_local_backend(stack: TerraformStack, path: Path) -> None:
    """Keep a stack's state in a file.

    Terraform runs in the stack's output folder; the path is relative to it, so every clone synthesizes the same.
    """
    app = App.of(stack)
    working_directory = Path(app.outdir).absolute() / "stacks" / stack.node.id
    LocalBackend(stack, path=os.path.relpath(path, working_directory))
