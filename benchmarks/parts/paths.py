"""Where the benchmarks find and put things."""

from typing import Final

from shared.repository import ROOT

DOCS: Final = ROOT / "docs"
PAGE: Final = DOCS / "performance.md"
SCRATCH: Final = ROOT / ".local"
"""Reports are written below it, and removed at the end."""
