"""Which resource types the local provider knows, and what to say about those that it does not."""

from collections.abc import Iterable, Mapping
from typing import Any

from terraform_provider.schema import load_schemas

_BUILT_IN = "terraform_"
"""Prefix of the types that Terraform has in itself (terraform_data, terraform_remote_state)."""


def unknown_types(stack: Mapping[str, Any]) -> list[str]:
    """The resource types and data sources ("data.<type>") of a synthesized stack that the local provider lacks.

    Args:
        stack: The content of a stack's `cdk.tf.json`.
    """
    schemas = load_schemas()
    resources = (name for name in stack.get("resource", {}) if name not in schemas.resources)
    sources = (name for name in stack.get("data", {}) if name not in schemas.data_sources)
    unknown = [name for name in resources if not name.startswith(_BUILT_IN)]
    return sorted(unknown + [f"data.{name}" for name in sources if not name.startswith(_BUILT_IN)])


def explain_unknown(unknown: Iterable[str]) -> str:
    """One message on unknown types: what they are, which are known, and the way out."""
    schemas = load_schemas()
    known = [*sorted(schemas.resources), *(f"data.{name}" for name in sorted(schemas.data_sources))]
    return (
        f"the local provider does not know {', '.join(unknown)}. It knows {', '.join(known)}. "
        "Deploy with `--provider registry`, which takes the real provider, or add the type to terraform_provider/table/."
    )
