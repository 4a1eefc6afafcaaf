"""A second opinion: what frictionless, Table Schema's own library, says of a report by the format's document."""

from typing import NamedTuple

from frictionless import Dialect, Resource, Schema
from frictionless.formats import CsvControl

from tools.generators.report_schema import load

_SCHEMA = load()
_DIALECT = {name: value for name, value in _SCHEMA["txn:file"]["dialect"].items() if name != "header"}


class Finding(NamedTuple):
    """A violation at a line (None: the file or its header) and a column (None: the whole line), as its validate_report calls it.

    `value` is what was found, where the validator is ours.
    """

    line: int | None
    column: str | None
    name: str
    value: str = ""


def findings_of_frictionless(data: bytes) -> list[Finding]:
    """All that it finds; of the primary key, `unique` and the pattern say the same, with a column."""
    resource = Resource(
        data,
        format="csv",
        encoding="utf-8",
        schema=Schema.from_descriptor(_SCHEMA),
        # Stated, not guessed: frictionless would sniff it.
        dialect=Dialect(controls=[CsvControl.from_descriptor({"type": "csv", **_DIALECT})]),
    )
    report = resource.validate()
    errors = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    return [
        Finding(getattr(error, "row_number", None), getattr(error, "field_name", None) or None, error.type)
        for error in errors
        if error.type != "primary-key"
    ]
