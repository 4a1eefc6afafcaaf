"""Tags that every taggable resource carries: whose it is, and what it costs whom."""

from collections.abc import Mapping
from typing import Final

APPLICATION: Final = "transaction-pipeline"


def default_tags(*, environment: str, cost_center: str, repository: str) -> Mapping[str, str]:
    """Tags for the provider to put on everything.

    Args:
        environment: suffix of the environment, or `shared` for what belongs to the whole account.
        cost_center: who pays.
        repository: where the code lies that made the resource.
    """
    return {
        "Application": APPLICATION,
        "CostCenter": cost_center,
        "Environment": environment,
        "ManagedBy": "cdktf",
        "Repository": repository,
    }
