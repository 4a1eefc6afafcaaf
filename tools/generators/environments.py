"""Writes docs/environments.md from the settings' models, so that the page cannot lag behind them.

python -m tools.generators.environments
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

from shared.infra.settings.calendars import Calendar
from shared.infra.settings.settings import (
    DEFAULT_SUFFIX,
    FILE_VARIABLE,
    STATE_VARIABLE,
    SUFFIX_VARIABLE,
    Bank,
    Ci,
    EnvironmentFile,
)
from shared.infra.settings.tables import Table
from shared.repository import ROOT

PAGE: Final = ROOT / "docs" / "environments.md"
_TYPES: Final = {
    "string": "string",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
_HEAD: Final = f"""\
<!-- Written by `./dev docs` from shared/infra/settings/settings.py; a test holds the two equal. -->
# Environments

An environment is one deployment of the pipeline. The variable `{SUFFIX_VARIABLE}` names it (default
`{DEFAULT_SUFFIX}`). The name of every resource ends with it. Its settings are `environments/<suffix>.toml`, or
`environments/default.toml` where there is no such file. `{FILE_VARIABLE}` chooses another file, without its extension:
by its name in `environments/`, or by its whole path. State on this machine is stored in `{STATE_VARIABLE}` (default
`.local/state`).

The files hold data only, never a secret. They are validated at synth, and one message reports every error: keys that
are missing or unknown, values of the wrong type, and values that no environment can have.
"""
_FIELDS: Final = """\
## Keys of the file

{table}

## Keys of a bank

Each table `[banks.<bank_id>]` is one partner bank; to add a bank, add a table. The id is what the bank's reports have
in their column `bank_id`: lower-case letters and digits in words joined by hyphens, and not another bank's id continued
by a hyphen, because then two environments could have the same names.

{banks}

## Keys of a bank's calendar

The table `[banks.<bank_id>.calendar]` says when the bank's report is expected. The sweeper looks every minute whether
one is overdue; `docs/operating.md` has an example, and says what the alarm means.

{calendar}

## Keys of the account

`environments/shared.toml` holds what the state-stack makes once for all environments. It is optional. Where
`{file}` names a file elsewhere, it is looked for beside that.

{ci}
"""


def page() -> str:
    """The page as it has to be."""
    fields = _FIELDS.format(
        table="\n".join(_table(EnvironmentFile)),
        banks="\n".join(_table(Bank)),
        calendar="\n".join(_table(Calendar)),
        ci="\n".join(_table(Ci, prefix="ci.")),
        file=FILE_VARIABLE,
    )
    return f"{_HEAD}\n{fields}"


def main() -> int:
    """Write the page; the exit code."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _table(model: type[Table], *, prefix: str = "") -> Iterator[str]:
    yield "| Key | Type | Default | Meaning |"
    yield "| --- | --- | --- | --- |"
    for name, schema in model.model_json_schema()["properties"].items():
        default = _default(schema)
        yield f"| `{prefix}{name}` | {_type(schema)} | {default} | {' '.join(schema['description'].split())} |"


def _default(schema: dict[str, Any]) -> str:
    if "default" not in schema:
        return "required"
    return "none" if schema["default"] is None else f"`{json.dumps(schema['default'])}`"


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:  # a table, or none
        return "table"
    if schema["type"] == "array":
        return f"list, each {_type(items)}" if "enum" in (items := schema["items"]) else f"list of {_type(items)}s"
    if schema.get("format") == "date":
        return "date"
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(each) for each in schema["enum"])
    bounds = [f"{word} {schema[key]:,}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    return " ".join([_TYPES[schema["type"]], *bounds])


if __name__ == "__main__":
    sys.exit(main())
