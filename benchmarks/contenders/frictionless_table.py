"""frictionless: the reference of tabular validation, with a Table Schema of the report."""

from pathlib import Path
from typing import Final

from frictionless import Checklist, Resource, Schema, system

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import BANK
from functions.report.format.currencies import MINOR_UNITS

_SCHEMA: Final = {
    "fields": [
        {
            "name": "transaction_id",
            "type": "string",
            "constraints": {"required": True, "unique": True, "pattern": "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"},
        },
        {
            "name": "amount",
            "type": "string",
            "constraints": {"required": True, "pattern": r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?"},
        },
        {"name": "currency", "type": "string", "constraints": {"required": True, "enum": sorted(MINOR_UNITS)}},
        {"name": "timestamp", "type": "datetime", "format": "%Y-%m-%dT%H:%M:%S%z", "constraints": {"required": True}},
        {"name": "bank_id", "type": "string", "constraints": {"required": True, "enum": [BANK]}},
    ]
}


def validate_file(path: Path) -> Outcome:
    """Validate the file as a resource."""
    with system.use_context(trusted=True):  # absolute paths are refused otherwise
        resource = Resource(path=str(path), schema=Schema.from_descriptor(_SCHEMA))
        report = resource.validate(Checklist())
    return Outcome(rows=int(report.tasks[0].stats["rows"]), wrong=int(report.stats["errors"]))
