"""Layout of the reports bucket: the keys of a report, its validation errors, its corrections, and what was loaded.

Only objects below `REPORTS_PREFIX` start the workflow.
"""

from dataclasses import dataclass
from typing import Final

REPORTS_PREFIX: Final = "reports/"
ERRORS_PREFIX: Final = "errors/"
ERRORS_DAYS: Final = 90
"""How long the errors and corrections of a rejected report are kept."""
LOADS_PREFIX: Final = "loads/"
MANIFESTS_PREFIX: Final = "manifests/"
LOADS_DAYS: Final = 90
"""An attempt's ranges and results are read within the hour, and for longer only of an upload that has failed."""
MAP_RESULTS_PREFIX: Final = "map-results/"
"""Where a Distributed Map writes what its children return, which no one reads: a result of over 256 KiB must not be in
the Map's output (Step Functions quota)."""
MAP_RESULTS_DAYS: Final = 14
"""No function reads them. Those of a failed Map name the range's input: kept as long as its dead letter."""
OLD_VERSION_DAYS: Final = 90
"""How long a report is kept that was overwritten or deleted."""
DELETED_DAYS: Final = 1
"""The same of all that expires by itself; S3's shortest: it is not needed again, and may quote a bank's customers."""
ATTEMPT_METADATA: Final = "attempt"
"""Metadata of a report's object: the attempt that stored it."""


@dataclass(frozen=True, kw_only=True)
class ReportLocation:
    """The bank and the upload to which an object belongs."""

    bank_id: str
    upload_id: str


def report_key(bank_id: str, upload_id: str) -> str:
    """Key of the report as the bank submitted it."""
    return f"{REPORTS_PREFIX}{bank_id}/{upload_id}"


def errors_key(bank_id: str, upload_id: str) -> str:
    """Key of a rejected report's validation errors: a JSON list of the first 1,000."""
    return f"{ERRORS_PREFIX}{bank_id}/{upload_id}.json"


def corrections_key(bank_id: str, upload_id: str) -> str:
    """Key of a rejected report's corrections: the whole report as a CSV in which the invalid rows are marked."""
    return f"{ERRORS_PREFIX}{bank_id}/{upload_id}.csv"


def errors_part_key(bank_id: str, upload_id: str, part: int) -> str:
    """Key of a further 1,000 validation errors of a large report; `part` begins at 1, part 0 is `errors_key`."""
    return f"{ERRORS_PREFIX}{bank_id}/{upload_id}/{part:04}.json"


def manifest_key(bank_id: str, upload_id: str, attempt: str) -> str:
    """Key of a large report's ranges: a `ByteRange` as JSON on each line, ASCII only."""
    return f"{MANIFESTS_PREFIX}{bank_id}/{upload_id}/{attempt}.jsonl"


def loads_prefix(bank_id: str, upload_id: str, attempt: str) -> str:
    """Prefix of the results of an attempt's ranges."""
    return f"{LOADS_PREFIX}{bank_id}/{upload_id}/{attempt}/"


def load_key(bank_id: str, upload_id: str, attempt: str, *, start: int, rows: int) -> str:
    """Key of one range's result, a `RangeLoaded` as JSON; `start` is the range's first byte. Keys sort by range.

    The key has the range's number of rows, so that a listing tells how many rows are processed.
    """
    return f"{loads_prefix(bank_id, upload_id, attempt)}{start:012}-{rows}.json"


def rows_of_load(key: str) -> int:
    """How many rows the range has whose result is stored under a key.

    Keys of an earlier version do not tell: they count as 0.
    """
    _, dash, rows = key.rpartition("/")[2].removesuffix(".json").partition("-")
    return int(rows) if dash else 0


def parse_report_key(key: str) -> ReportLocation:
    """Read bank and upload from a report's key.

    Raises:
        ValueError: the key is not of the layout `reports/{bank_id}/{upload_id}`.
    """
    parts = key.removeprefix(REPORTS_PREFIX).split("/")
    if not key.startswith(REPORTS_PREFIX) or len(parts) != 2 or not all(parts):  # noqa: PLR2004
        raise ValueError(f"object key {key!r}: expected {REPORTS_PREFIX}<bank_id>/<upload_id>")
    return ReportLocation(bank_id=parts[0], upload_id=parts[1])
