"""Writes docs/environments.md out of the settings' types, so that the page cannot lag behind them.

python -m tools.generators.environments
"""

import ast
import dataclasses
import inspect
import json
import sys
import textwrap
from collections.abc import Iterator
from typing import Final, get_type_hints

from shared.infra.settings.settings import (
    DEFAULT_SUFFIX,
    FILE_VARIABLE,
    STATE_VARIABLE,
    SUFFIX_VARIABLE,
    Bank,
    EnvironmentFile,
)
from shared.repository import ROOT

PAGE: Final = ROOT / "docs" / "environments.md"
_TYPES: Final = {str: "string", int: "whole number", bool: "true or false"}
_HEAD: Final = f"""\
<!-- Written by `./dev docs` out of shared/infra/settings/settings.py; a test holds the two equal. -->
# Environments

An environment is one deployment of the pipeline. The variable `{SUFFIX_VARIABLE}` names it (else `{DEFAULT_SUFFIX}`).
The name of every resource ends with it. Its settings are `environments/<suffix>.toml`, or `environments/default.toml`
where there is no such file; `{FILE_VARIABLE}` names another one, without its ending: by its name in `environments/`, or
by its whole path. State that lies on this machine lies in `{STATE_VARIABLE}`, or else in `.local/state`.

The files hold data only, never a secret. They are read at synth, and everything that is wrong with one comes out in one
message: keys that are missing, unknown or ill-typed, and values that no environment can have.
"""
_FIELDS: Final = """\
## Keys of the file

{table}

## Keys of a bank

Each table `[banks.<bank_id>]` is one partner bank; to add a bank is to add a table. The id is what the bank's reports
carry in their column `bank_id`: lower-case letters and digits in words joined by hyphens, and not another bank's id
continued by a hyphen, because then two environments could come to share a name.

{banks}
"""


def page() -> str:
    """The page as it has to be."""
    fields = _FIELDS.format(table=_table(EnvironmentFile), banks=_table(Bank))
    return f"{_HEAD}\n{fields}"


def main() -> int:
    """Write the page; the exit code."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _table(shape: type) -> str:
    types, described = get_type_hints(shape), dict(_descriptions(shape))
    rows = [
        f"| `{each.name}` | {_TYPES[types[each.name]]} | {_default(each)} | {described[each.name]} |"
        for each in dataclasses.fields(shape)
    ]
    return "\n".join(["| Key | Type | Default | What it means |", "| --- | --- | --- | --- |", *rows])


def _default(each: "dataclasses.Field[object]") -> str:
    return "required" if each.default is dataclasses.MISSING else f"`{json.dumps(each.default)}`"


def _descriptions(shape: type) -> Iterator[tuple[str, str]]:
    """Each field's name, and the string that stands below it in the source.

    Raises:
        ValueError: a field has none.
    """
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  getsource gave a class's source
    below = [*definition.body[1:], None]
    for statement, following in zip(definition.body, below, strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, _text(following, f"{shape.__name__}.{statement.target.id}")


def _text(statement: ast.stmt | None, field: str) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return " ".join(text.split())
    raise ValueError(f"{field} has no description: write a string below it")


if __name__ == "__main__":
    sys.exit(main())
