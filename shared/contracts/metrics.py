"""The pipeline's own metrics in CloudWatch: the functions write them, alarms and the dashboard read them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NAMESPACE: Final = "TransactionPipeline"
ENVIRONMENT_DIMENSION: Final = "Environment"
"""Dimension of every metric: the environment's suffix."""
BANK_DIMENSION: Final = "Bank"
"""Second dimension of the metrics that are of one bank: its id."""


class Unit(StrEnum):
    """Units of metrics, as CloudWatch names them (API reference, `MetricDatum`)."""

    COUNT = "Count"
    SECONDS = "Seconds"
    MILLISECONDS = "Milliseconds"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric.

    Attributes:
        name: in CloudWatch.
        unit: of its values.
        of_bank: whether it has the bank as its second dimension. CloudWatch charges for each metric of each bank, so
            few have.
    """

    name: str
    unit: Unit = Unit.COUNT
    of_bank: bool = False


UPLOADS_RECEIVED: Final = Metric(name="UploadsReceived")
"""Reports that were accepted: an attempt began because of the bank. A repeated submission is not counted."""
UPLOADS_REJECTED: Final = Metric(name="UploadsRejected")
"""Reports that are invalid, at the door or in the workflow."""
UPLOADS_COMPLETED: Final = Metric(name="UploadsCompleted")
ROWS_LOADED: Final = Metric(name="RowsLoaded")
"""Of completed uploads, as are the next two."""
ROWS_REPEATED: Final = Metric(name="RowsRepeated")
ROWS_IN_CONFLICT: Final = Metric(name="RowsInConflict")
VALIDATION_TIME: Final = Metric(name="ValidationTime", unit=Unit.MILLISECONDS)
"""What the validation of one report took."""
COMPLETION_TIME: Final = Metric(name="CompletionTime", unit=Unit.SECONDS)
"""From the beginning of the attempt until the upload was COMPLETED."""
FOREIGN_ROWS: Final = Metric(name="ForeignRows")
"""Rows with the id of another bank than that of the key, in a report that was submitted."""
UPLOADS_STUCK: Final = Metric(name="UploadsStuck")
"""Uploads without progress that a sweep restarted; written by every sweep, also 0."""
UPLOADS_GIVEN_UP: Final = Metric(name="UploadsGivenUp")
"""Uploads that a sweep failed, because restarting did not help or their report is missing; by every sweep, also 0."""
FAILURES_WITHOUT_LETTER: Final = Metric(name="FailuresWithoutLetter")
"""FAILED uploads whose dead letter was not recorded when a sweep looked; by every sweep, also 0."""
REPORT_OVERDUE: Final = Metric(name="ReportOverdue", of_bank=True)
"""1 while a report that the bank's calendar expects has not come by its hour, otherwise 0; by every sweep
that had time to look, of every bank that has a calendar."""
WRONG_KEYS: Final = Metric(name="WrongKeys")
"""Requests without a valid API key; counted in the API's access log."""
QUOTAS_EXCEEDED: Final = Metric(name="QuotasExceeded")
"""Requests beyond a bank's daily quota; counted in the API's access log."""

METRICS: Final = (
    UPLOADS_RECEIVED,
    UPLOADS_REJECTED,
    UPLOADS_COMPLETED,
    ROWS_LOADED,
    ROWS_REPEATED,
    ROWS_IN_CONFLICT,
    VALIDATION_TIME,
    COMPLETION_TIME,
    FOREIGN_ROWS,
    UPLOADS_STUCK,
    UPLOADS_GIVEN_UP,
    FAILURES_WITHOUT_LETTER,
    REPORT_OVERDUE,
    WRONG_KEYS,
    QUOTAS_EXCEEDED,
)
"""All of them."""
