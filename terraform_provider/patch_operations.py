"""API Gateway's updates: a list of patch operations.

AWS expects values as text, and one operation for each entry of a map or list (`/requestModels/application~1json`).
MiniStack 1.5.33 stores a value as it is, so that "false" is true, and understands neither `~1` nor entries of lists.
This provider works only with the local cloud, so it replaces whole attributes by values of their own type.
"""

from collections.abc import Mapping
from typing import Any

from botocore.model import StructureShape

from terraform_provider.mapping import find_members, to_api
from terraform_provider.spec import Names

PatchOperation = dict[str, Any]
"""`{"op": "replace", "path": "/member", "value": ...}` or `{"op": "remove", "path": "/member"}`."""


def patch_operations(shape: StructureShape, values: Mapping[str, Any], names: Names) -> list[PatchOperation]:
    """One operation for each attribute.

    Args:
        shape: What the operations change, as the API shows it.
        values: The attributes and blocks that have changed, with their new values.
        names: The names that differ, by path.
    """
    return [_operation(shape, name, value, names) for name, value in sorted(values.items())]


def _operation(shape: StructureShape, name: str, value: Any, names: Names) -> PatchOperation:
    path = "/" + "/".join(find_members(shape, name, names) or (name,))
    sent = to_api(shape, {name: value}, names)
    for content in sent.values():
        return {"op": "replace", "path": path, "value": content}
    return {"op": "remove", "path": path}
