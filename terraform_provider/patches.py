"""API Gateway's way to change things: a list of patch operations.

AWS takes values as text, and maps and lists by their single entries (`/requestModels/application~1json`). MiniStack
1.5.33 stores a value as it comes, so that "false" is true, and reads neither `~1` nor entries of lists. This provider
works on the local cloud only, so it replaces whole attributes by values of their own type.
"""

from collections.abc import Mapping
from typing import Any

from botocore.model import StructureShape

from terraform_provider.mapping import find_members, to_api
from terraform_provider.spec import Names

Patch = dict[str, Any]
"""`{"op": "replace", "path": "/member", "value": ...}` or `{"op": "remove", "path": "/member"}`."""


def patch_operations(shape: StructureShape, values: Mapping[str, Any], names: Names) -> list[Patch]:
    """One operation for each attribute.

    Args:
        shape: What is patched, as the API shows it.
        values: The attributes and blocks that have changed, with their new values.
        names: The names that differ, by path.
    """
    return [_operation(shape, name, value, names) for name, value in sorted(values.items())]


def _operation(shape: StructureShape, name: str, value: Any, names: Names) -> Patch:
    path = "/" + "/".join(find_members(shape, name, names) or (name,))
    sent = to_api(shape, {name: value}, names)
    for content in sent.values():
        return {"op": "replace", "path": path, "value": content}
    return {"op": "remove", "path": path}
