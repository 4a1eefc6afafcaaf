"""Fingerprint of the API's definition, by which the API is redeployed when it changes."""

import hashlib
import json
from collections.abc import Sequence

from cdktf import TerraformResource, TerraformStack


def fingerprint(stack: TerraformStack, definition: Sequence[TerraformResource]) -> str:
    """SHA-256 over the synthesized resources of the definition.

    Args:
        stack: that has them.
        definition: all resources that define the API.
    """
    resources = stack.to_terraform()["resource"]
    picked = [resources[each.terraform_resource_type][each.friendly_unique_id] for each in definition]
    return hashlib.sha256(json.dumps(picked, sort_keys=True).encode()).hexdigest()
