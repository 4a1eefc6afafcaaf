"""Validates a TOML table against a pydantic model, and words everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeGuard, TypeVar, get_args

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
    meaning = " ".join(_description(model, location).split())
    return f"{key}{value} {rule}" + (f". {meaning}" if meaning else "")


def _description(model: type[BaseModel], location: Sequence[str]) -> str:
    """What the innermost field of a location means: of a table in the table, the field there."""
    for name, *rest in (location[at:] for at in range(len(location))):
        field = model.model_fields.get(name)
        if field is None:
            return ""
        inner = next((each for each in (field.annotation, *get_args(field.annotation)) if _is_model(each)), None)
        if not rest or inner is None:
            return field.description or ""
        model = inner
    return ""


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
