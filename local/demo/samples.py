"""The reports that the demo submits, and the expected outcome of each."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from local.cloud.errors import LocalError
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Submission

BANKS: Final = ("alpenbank", "bayside", "nordbank")
"""The banks of environments/local.toml."""


def sample_reports(root: Path) -> list[Submission]:
    """Two valid reports, one with every validation error, and the first one again."""
    folder = root / "tests" / "reports"
    nordbank = folder / "nordbank-2026-11-20.csv"
    return [
        Submission(bank_id="nordbank", path=nordbank, rows=5000),
        Submission(bank_id="alpenbank", path=folder / "alpenbank-2026-11-20-excel.csv", rows=1200),
        Submission(
            bank_id="bayside",
            path=folder / "bayside-2026-11-19-every-error.csv",
            status=UploadStatus.REJECTED,
            rows=40,
        ),
        Submission(bank_id="nordbank", path=nordbank, rows=5000, again=True),
    ]


def own_report(path: Path, bank_id: str | None, *, banks: Collection[str] = BANKS) -> Submission:
    """The user's own report, checked before the local cloud is started.

    Raises:
        LocalError: the file does not exist, cannot be read or is too large, or the bank is missing or unknown.
    """
    if path.is_dir():
        raise LocalError(f"{path} is a folder. Give the path of one CSV file.")
    if not path.is_file():
        raise LocalError(f"{path} does not exist. Give the path of one CSV file.")
    if not os.access(path, os.R_OK):
        raise LocalError(f"{path} may not be read by this user.")
    size = path.stat().st_size
    if size > MAX_DECLARED_BYTES:
        raise LocalError(f"{path} has {size:,} bytes; a report has at most {MAX_DECLARED_BYTES:,}.")
    named = ", ".join(banks)
    if bank_id is None:
        raise LocalError(f"Which bank submits {path}? Add `--bank BANK`, one of: {named}.")
    if bank_id not in banks:
        raise LocalError(f"The environment `local` has no bank {bank_id!r}; its banks are: {named}.")
    return Submission(bank_id=bank_id, path=path)
