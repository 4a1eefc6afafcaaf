"""Tags that every taggable resource carries: its owner and its cost center."""

from collections.abc import Mapping
from typing import Final

APPLICATION: Final = "transaction-pipeline"


def default_tags(*, environment: str, cost_center: str, repository: str) -> Mapping[str, str]:
    """Tags that the provider puts on every resource.

    Args:
        environment: suffix of the environment, or `shared` for what belongs to the whole account.
        cost_center: who pays.
        repository: where the code that made the resource is kept.
    """
    return {
        "Application": APPLICATION,
        "CostCenter": cost_center,
        "Environment": environment,
        "ManagedBy": "cdktf",
        "Repository": repository,
    }
