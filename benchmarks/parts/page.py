"""Tables for the terminal and for docs/performance.md, in whose sections nobody types a figure."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_section(page: Path, name: str, body: str) -> None:
    """Put a benchmark's results between its marks.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {name}: written by ./dev bench -- {name} --write -->", f"<!-- /{name} -->"
    text, found = re.subn(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n{body}\n{end}",
        page.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    if found != 1:
        raise ValueError(f"{page.name} has {found} sections between '{begin}' and '{end}': expected one")
    page.write_text(text, encoding="utf-8")
