"""Validates a TOML table against a pydantic model, and words everything that is wrong with it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bool_type": "is not true or false",
        "extra_forbidden": "is not a setting: remove it, or correct its name",
        "float_type": "is not a number",
        "greater_than_equal": "is less than {ge}",
        "int_type": "is not a whole number",
        "less_than_equal": "is more than {le}",
        "literal_error": "is not {expected}",
        "missing": "is missing",
        "model_type": "is not a table",
        "string_pattern_mismatch": "is malformed",
        "string_too_long": "is longer than {max_length} characters",
        "string_type": "is not a string",
        "too_long": "has more than {max_length} items",
        "too_short": "has fewer than {min_length} items",
        "tuple_type": "is not a list",
        "value_error": "{error}",
    }
)
"""Pydantic's error type -> the message in the terms of TOML, with pydantic's context."""
_WITHOUT_VALUE: Final = frozenset({"missing", "extra_forbidden"})

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], table: object, *, path: tuple[str, ...] = ()) -> tuple[Model, list[str]]:
    """Read a model from a table.

    Args:
        model: whose fields have descriptions: an error ends with that of its field.
        table: as `tomllib` returns it.
        path: keys that lead to the table, for the errors.

    Returns:
        The model and what is wrong with the table. If anything is, the model has the valid values and the defaults
        only: rules about several settings can still be checked.
    """
    try:
        return model.model_validate(table), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    invalid = {each["loc"][:1] for each in details}
    values = table.items() if isinstance(table, dict) else ()
    valid = {key: value for key, value in values if (key,) not in invalid}
    return model.model_construct(**valid), [_message(model, each, path) for each in details]


def _message(model: type[BaseModel], error: ErrorDetails, path: tuple[str, ...]) -> str:
    """Key, value, rule, and what the setting means."""
    location = [str(each) for each in error["loc"]]
    key = ".".join([*path, *location])
    value = "" if error["type"] in _WITHOUT_VALUE else f" = {error['input']!r}"
    rule = _MESSAGES[error["type"]].format(**error.get("ctx", {}))
    field = model.model_fields.get(location[0]) if location else None
    meaning = " ".join((field.description or "").split()) if field else ""
    return f"{key}{value} {rule}" + (f". {meaning}" if meaning else "")
