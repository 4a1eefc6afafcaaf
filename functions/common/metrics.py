"""Metrics: log lines in CloudWatch's embedded metric format, of which CloudWatch makes metrics.

"Specification: Embedded metric format" in CloudWatch's guide. To write one takes no call and no right, and the line
stays in the log beside those that explain it. CloudWatch may count a line twice; a function that dies before its line
does not write it. So metrics are for alarms and pictures, and the uploads table is what is true.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any, Final

from functions.common.times import utc_now
from shared.contracts.environment import ENVIRONMENT_SUFFIX
from shared.contracts.metrics import BANK_DIMENSION, ENVIRONMENT_DIMENSION, NAMESPACE, Metric

_log = logging.getLogger(__name__)

_MESSAGE: Final = "metrics"


def write_metrics(values: Mapping[Metric, float], *, bank_id: str | None = None) -> None:
    """Write values of metrics, measured now.

    Args:
        values: in the metrics' units. All of them are of a bank, or none is.
        bank_id: the bank whose metrics they are.

    Raises:
        ValueError: a metric is of a bank and none is given, or the reverse.
    """
    _log.info(_MESSAGE, extra={"fields": metric_fields(values, bank_id=bank_id)})


def metric_fields(values: Mapping[Metric, float], *, bank_id: str | None = None) -> dict[str, Any]:
    """The fields of such a line; arguments and errors as for `write_metrics`."""
    if any(each.of_bank != (bank_id is not None) for each in values):
        raise ValueError(f"{', '.join(each.name for each in values)}: of a bank or not, bank_id = {bank_id}")
    dimensions = {ENVIRONMENT_DIMENSION: os.environ.get(ENVIRONMENT_SUFFIX, "")}
    if bank_id is not None:
        dimensions[BANK_DIMENSION] = bank_id
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": each.name, "Unit": each.unit.value} for each in values],
    }
    return {
        "_aws": {"Timestamp": int(utc_now().timestamp() * 1000), "CloudWatchMetrics": [directive]},
        **dimensions,
        **{each.name: value for each, value in values.items()},
    }
