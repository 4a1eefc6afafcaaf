"""Which resource types the local provider supports, and the message about those that it does not."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from terraform_provider.registry import RESOURCE_TYPES

_BUILT_IN: Final = "terraform_"
"""Prefix of Terraform's own types (terraform_data, terraform_remote_state)."""


def unknown_types(stack: Mapping[str, Any]) -> list[str]:
    """The resource types and data sources ("data.<type>") of a synthesized stack that the local provider lacks.

    Args:
        stack: The content of a stack's `cdk.tf.json`.
    """
    resources = [name for name in stack.get("resource", {}) if name not in RESOURCE_TYPES]
    return sorted(
        [name for name in resources if not name.startswith(_BUILT_IN)]
        + [f"data.{name}" for name in stack.get("data", {}) if not name.startswith(_BUILT_IN)]
    )


def explain_unknown(unknown: Iterable[str]) -> str:
    """One message about unknown types: what they are, which types are known, and what to do."""
    return (
        f"the local provider does not know {', '.join(unknown)}. It knows {', '.join(sorted(RESOURCE_TYPES))}. "
        "Deploy with `--provider registry`, which uses the real provider, or add the type to terraform_provider/table/."
    )
