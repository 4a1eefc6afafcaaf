"""Fingerprint of the API's definition, by which the API is redeployed when it changes."""

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from cdktf import TerraformResource, TerraformStack

_NOT_SERVED: Final = frozenset({"depends_on", "description", "lifecycle", "tags"})
"""Arguments that change nothing of what callers see."""


def fingerprint(stack: TerraformStack, definition: Sequence[TerraformResource]) -> str:
    """SHA-256 over the synthesized resources of the definition.

    Args:
        stack: that has them.
        definition: all resources that define the API.
    """
    resources = stack.to_terraform()["resource"]
    bodies = [resources[each.terraform_resource_type][each.friendly_unique_id] for each in definition]
    picked = [{key: value for key, value in body.items() if key not in _NOT_SERVED} for body in bodies]
    return hashlib.sha256(json.dumps(picked, sort_keys=True).encode()).hexdigest()
