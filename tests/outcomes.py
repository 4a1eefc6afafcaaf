"""Compares outcome messages with their published schema; every test that sees one does so."""

import json
from typing import Any, Final, TypeVar

from jsonschema import Draft202012Validator

from shared.repository import ROOT

SCHEMA: Final[dict[str, Any]] = json.loads((ROOT / "docs" / "outcome-v1.schema.json").read_text(encoding="utf-8"))
_VALIDATOR: Final = Draft202012Validator(SCHEMA)
T = TypeVar("T")


def differences(message: Any) -> list[str]:
    """What an outcome message has that the schema does not say; readers ignore unknown fields, but we send none."""
    unknown = sorted(message.keys() - SCHEMA["properties"].keys())
    wrong = [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(message)]
    return [*wrong, *(f"{name} is not in the schema" for name in unknown)]


def validated(message: T) -> T:
    """The message, which has to be as published."""
    found = differences(message)
    assert not found, f"{message}: {found}"
    return message
