"""What the demo submits, and how each upload has to end."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from local.cloud.errors import LocalError
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Submission

BANKS: Final = ("alpenbank", "bayside", "nordbank")
"""The banks of environments/local.toml."""


def sample_reports(root: Path) -> list[Submission]:
    """The sample reports: two good ones, one with every error, and the first one once more."""
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
    """The user's own report, checked before anything is started.

    Raises:
        LocalError: there is no such file, it is too large for one request, or the bank is not one.
    """
    named = ", ".join(banks)
    if bank_id is None:
        raise LocalError(f"whose report is {path}? Add `--bank BANK`, one of: {named}.")
    if bank_id not in banks:
        raise LocalError(f"bank {bank_id!r} is not known to the environment `local`; its banks are: {named}.")
    if path.is_dir():
        raise LocalError(f"{path} is a folder; give the path of one CSV file.")
    if not path.is_file():
        raise LocalError(f"there is no file {path}.")
    size = path.stat().st_size
    if size > MAX_REPORT_BYTES:
        raise LocalError(f"{path} has {size:,} bytes; a report in one request may have {MAX_REPORT_BYTES:,} at most.")
    return Submission(bank_id=bank_id, path=path)
