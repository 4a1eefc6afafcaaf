"""The report format's Table Schema document: its path, its layout, and its error codes in order."""

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from shared.repository import ROOT

SCHEMA: Final = ROOT / "functions" / "report" / "format" / "report-v1.schema.json"
_WIDTH: Final = 116
_LIST_OF_WORDS: Final = re.compile(r'^( *)(.*)\[\n((?: *"[^" ]{1,12}",?\n)+) *\]', re.MULTILINE)


def load() -> dict[str, Any]:
    """The document."""
    document: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return document


def text_of(document: dict[str, Any]) -> str:
    """The document's text: lists of short words are filled to lines, so that 160 currencies do not take pages."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _LIST_OF_WORDS.sub(_filled, text) + "\n"


def errors(document: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Every error, those of the file first, each with its column (None for the file, the header or a line)."""
    yield from ((None, error) for error in document["txn:errors"])
    for field in document["fields"]:
        yield from ((field["name"], error) for error in field["txn:errors"])


def codes(document: dict[str, Any]) -> list[str]:
    """Every error code."""
    return [error["code"] for _, error in errors(document)]


def _filled(match: re.Match[str]) -> str:
    indent, key, words = match.groups()
    joined = " ".join(words.split())
    one_line = f"{indent}{key}[{joined}]"
    if len(one_line) <= _WIDTH:
        return one_line
    filled = textwrap.fill(joined, _WIDTH, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}  ")
    return f"{indent}{key}[\n{filled}\n{indent}]"
