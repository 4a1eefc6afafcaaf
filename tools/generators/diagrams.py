"""Writes docs/diagrams.md from the synthesized stacks, so that its pictures cannot lag behind them.

python -m tools.generators.diagrams
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.repository import ROOT
from tools.diagrams import stack_charts, workflow_charts
from tools.diagrams.mermaid import block
from tools.diagrams.parts import read_model
from tools.synthesis import Stacks, settings_of, synthesize

PAGE: Final = ROOT / "docs" / "diagrams.md"
SUFFIX: Final = "dev"
"""The environment that is drawn: one without a file of its own."""
_HEAD: Final = """\
<!-- Written by `./dev docs` from the synthesized stacks; a test holds the two equal. -->
# Diagrams

Drawn from the stacks as `cdktf synth` writes them for an environment with `environments/default.toml`: what a part does
to another is what its role may do, where a rule leads, and what a method of the API calls. What is no part of its own
is counted; its references to other stacks are dotted.
"""
_STACKS: Final[dict[str, str]] = {
    "api-stack": "What banks see: the API and what each of its methods calls.",
    "compute-stack": "What works, and what starts it. Who reads and writes what is in the table below.",
    "data-stack": "What is kept.",
    "state-stack": "What the account has once.",
}
_WORKFLOWS: Final[dict[str, str]] = {
    "load": "Of a report that fits in one request. Dotted: what is caught.",
    "large-load": "Of a larger one ([ADR 13](adr/0013-large-reports.md)). All but the main path is the same.",
}


def page(stacks: Stacks) -> str:
    """The page as it has to be.

    Args:
        stacks: of the environment `SUFFIX`.
    """
    return "\n".join(_paragraphs(stacks))


def main() -> int:
    """Write the page; the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = synthesize(settings_of(SUFFIX), Path(folder) / "repository")
    PAGE.write_text(page(stacks), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _paragraphs(stacks: Stacks) -> Iterator[str]:
    model = read_model(stacks)
    yield _HEAD
    yield f"## The stacks\n\n{block(stack_charts.overview(model))}\n"
    for stack, text in _STACKS.items():
        table = stack_charts.access_table(model, stack)
        parts = [
            f"## {stack}",
            text,
            block(stack_charts.chart(model, stack)),
            table,
            stack_charts.besides(model, stack),
        ]
        yield "\n\n".join(filter(None, parts)) + "\n"
    definitions = workflow_charts.definitions(stacks)
    for name, text in _WORKFLOWS.items():
        yield f"## Workflow {name}\n\n{text}\n\n{block(workflow_charts.chart(definitions[name]))}\n"


if __name__ == "__main__":
    sys.exit(main())
