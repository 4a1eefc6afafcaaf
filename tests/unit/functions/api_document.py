"""The OpenAPI document as Python reads it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from openapi_spec_validator.readers import read_from_filename

from shared.repository import ROOT

API: Final = cast("dict[str, Any]", read_from_filename(str(ROOT / "docs" / "openapi.yaml"))[0])


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part of the document is, or refers to."""
    if "$ref" not in part:
        return part
    found: Any = API
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return cast("Mapping[str, Any]", found)
