"""Where this clone is on the disk. Standard library only: the set-up imports it before anything is installed."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
