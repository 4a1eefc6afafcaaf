"""Writes docs/report-format.md from the report format's schema.

python -m tools.generators.report_format
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from functions.report.format.definition import MAX_MARKED
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.repository import ROOT
from tools.generators.report_schema import SCHEMA, errors, load

PAGE: Final = ROOT / "docs" / "report-format.md"
_HEAD: Final = """\
<!-- Written by `./dev docs` from {schema}; a test holds the two equal. -->
# The report format

Version {version}, {published}. The format is also published as data: [{name}](../{schema}), a
[Table Schema](https://datapackage.org/standard/table-schema/) document. Tools that support this standard can check a
report before it is submitted, for example `frictionless validate report.csv --schema {name}`. Rules that the standard
cannot express are in keys that begin with `txn:`; such a tool accepts some reports that the pipeline rejects.

{description}

```csv
{example}
```

## File

{rules}
- A report has at most {max_bytes:,} bytes in one request (`POST /upload`). A larger one, of up to {max_declared:,}
  bytes, is declared (`POST /uploads`) and stored by a link. Beyond these limits the status is 413, and the report is
  not validated.
- A line has at most {max_line:,} bytes.

How it is sent, with its digest and control totals, is in [submitting.md](submitting.md).

## Columns

{columns}

A value is the exact text between the commas or quotes. `currency` allows the {currencies} codes of ISO 4217 list one of
{iso_published} that have a minor unit. An amount has at most {default} decimals, except: {unusual}.

## Validation errors

The response to a rejected report lists its validation errors in order of line: the first {max_errors:,} with line,
column, code, message and value (at most {max_value} characters of it, made printable), and the number of all errors by
code. `GET /uploads/{{upload_id}}/errors` lists them in pages, of a report that does not fit in one request up to
{max_stored:,}. A line is a physical line; the first line of the file is 1. Programs may rely on the codes, but not on
the messages.
"""


def page() -> str:
    """The text of the page."""
    document = load()
    about, currency = document["txn:file"], _field(document, "currency")
    head = _HEAD.format(
        schema=SCHEMA.relative_to(ROOT).as_posix(),
        name=SCHEMA.name,
        version=document["txn:version"],
        published=document["txn:published"],
        description=document["description"],
        example="\n".join(document["txn:example"]),
        rules="\n".join(f"- {rule}" for rule in about["rules"]),
        max_bytes=about["maxBytes"],
        max_declared=MAX_DECLARED_BYTES,
        max_line=about["maxLineBytes"],
        columns=_table(("Column", "Value", "Pattern", "Example"), map(_column, document["fields"])),
        currencies=len(currency["constraints"]["enum"]),
        iso_published=currency["txn:source"]["published"],
        default=currency["txn:minorUnits"]["default"],
        unusual=_unusual(currency["txn:minorUnits"]),
        max_errors=about["maxErrors"],
        max_stored=MAX_MARKED,
        max_value=about["maxValueLength"],
    )
    return "\n".join([head, *(_error(column, each) for column, each in errors(document))])


def main() -> int:
    """Write the page; return the exit code."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _field(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    field: dict[str, Any]
    (field,) = (each for each in document["fields"] if each["name"] == name)
    return field


def _column(field: Mapping[str, Any]) -> tuple[str, ...]:
    pattern = field["constraints"].get("pattern")
    return f"`{field['name']}`", field["description"], _code(pattern) if pattern else "", _code(field["example"])


def _unusual(minor_units: Mapping[str, Any]) -> str:
    exceptions = ((digits, codes) for digits, codes in minor_units.items() if digits != "default")
    return "; ".join(f"{digits} in {', '.join(codes)}" for digits, codes in exceptions)


def _error(column: str | None, error: Mapping[str, Any]) -> str:
    place = f" (column `{column}`)" if column else ""
    text = f"### {error['code']}\n\n{error['title']}{place}. {error['meaning']} *How to fix it:* {error['fix']}\n"
    rows = [(_code(each["invalid"]), _code(each["valid"])) for each in error["examples"]]
    return f"{text}\n{_table(('Invalid', 'Valid'), rows)}\n" if rows else text


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows))


def _code(text: str) -> str:
    """Text as code in a table's cell: Markdown ends the cell at a bar even in code."""
    return f"`{text.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    sys.exit(main())
