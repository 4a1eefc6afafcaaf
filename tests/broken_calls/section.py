"""The generated section of docs/reliability.md."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from shared.repository import ROOT
from tests.broken_calls.breaks import Extent, Way
from tests.broken_calls.calls import Call
from tests.broken_calls.matrix import is_distinct
from tests.broken_calls.uploads import Broken

PAGE: Final = ROOT / "docs" / "reliability.md"
BEGIN: Final = "<!-- Written by `./dev breakcalls`: begin -->\n"
END: Final = "<!-- Written by `./dev breakcalls`: end -->\n"
_NONE: Final = "-"

Key = tuple[Call, Way, Extent]


def table(calls: Sequence[Call], runs: Sequence[Broken]) -> str:
    """The results in Markdown: a row for each call in its order, a column for each way to break it."""
    found: Mapping[Key, str] = {
        (run.planned.call, run.planned.way, run.planned.extent): run.result for run in runs if run.planned
    }
    columns = [(way, extent) for way in Way for extent in Extent]
    lines = [
        _line("Function", "Call", *(f"{way}: {extent}" for way, extent in columns)),
        _line(*["---"] * (2 + len(columns))),
    ]
    for function, group in groupby(calls, key=lambda call: call.kind.function):
        for number, call in enumerate(group):
            cells = (_cell(found, call, way, extent) for way, extent in columns)
            lines.append(_line(function if number == 0 else "", call.name, *cells))
    return "\n".join(lines) + "\n"


def listed(page: str) -> list[tuple[str, str]]:
    """Function and name of each call in a page's generated section."""
    _, _, section = page.partition(BEGIN)
    rows = [line.split(" | ") for line in section.partition(END)[0].splitlines() if line.startswith("| ")]
    found, function = list[tuple[str, str]](), ""
    for row in rows[2:]:
        function = row[0].lstrip("| ") or function
        found.append((function, row[1]))
    return found


def replaced(page: str, section: str) -> str:
    """A page with another generated section."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{section}{END}{after}"


def write(section: str, page: Path = PAGE) -> None:
    """Write the generated section."""
    page.write_text(replaced(page.read_text(encoding="utf-8"), section), encoding="utf-8")


def _cell(found: Mapping[Key, str], call: Call, way: Way, extent: Extent) -> str:
    return found.get((call, way, extent), "?") if is_distinct(call, extent) else _NONE


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
