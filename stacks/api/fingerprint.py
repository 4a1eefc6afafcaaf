"""Fingerprint of the API's definition: the API is deployed anew when, and only when, it changes."""

import hashlib
import json
from collections.abc import Sequence

from cdktf import TerraformResource, TerraformStack


def fingerprint(stack: TerraformStack, definition: Sequence[TerraformResource]) -> str:
    """SHA-256 over what the resources of the definition look like when synthesized.

    Args:
        stack: that holds them.
        definition: all resources that say what the API is.
    """
    resources = stack.to_terraform()["resource"]
    picked = [resources[each.terraform_resource_type][each.friendly_unique_id] for each in definition]
    return hashlib.sha256(json.dumps(picked, sort_keys=True).encode()).hexdigest()
