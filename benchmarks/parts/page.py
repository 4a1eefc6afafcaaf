"""Prints results as tables, and writes them into docs/performance.md, whose figures are never typed by hand."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared.repository import ROOT

DOCS: Final = ROOT / "docs"
_PAGE: Final = DOCS / "performance.md"
_CPU_INFO: Final = Path("/proc/cpuinfo")


def facts() -> str:
    """The day, the interpreter and the processor of a measurement; does not name the machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    system = f"{platform.system()} {platform.machine()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {python}, {system}, {_processor()}, {os.cpu_count()} cores"


def _processor() -> str:
    text = _CPU_INFO.read_text(encoding="utf-8") if _CPU_INFO.exists() else ""
    name = re.search(r"^model name\s*: (.*)$", text, flags=re.MULTILINE)
    return name[1] if name else platform.processor() or "unnamed processor"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def publish(name: str, body: str, *, write: bool) -> None:
    """Print a benchmark's results, and write them into the page if asked to."""
    print(body)
    if write:
        write_section(_PAGE, name, body)
        print(f"written: docs/{_PAGE.name}")


def write_section(page: Path, name: str, body: str) -> None:
    """Replace a benchmark's results between its marks.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {name}: written by ./dev bench {name} --write -->", f"<!-- /{name} -->"
    text, found = re.subn(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n{body}\n{end}",
        page.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    if found != 1:
        raise ValueError(f"{page.name} has {found} sections between '{begin}' and '{end}': expected one")
    page.write_text(text, encoding="utf-8")
