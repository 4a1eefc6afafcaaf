"""Where the benchmarks find and put things."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
PAGE: Final = DOCS / "performance.md"
SCRATCH: Final = ROOT / ".local"
"""Reports are written below it, and removed at the end."""
