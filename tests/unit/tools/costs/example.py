"""An environment and a workload that are small enough to compute with by hand."""

from dataclasses import replace
from typing import Any

from shared.contracts.functions import FunctionName
from tools.costs.assumptions import assumed
from tools.costs.deployed import Deployed
from tools.costs.workload import Upload, Workload

_API = (FunctionName.INTAKE, FunctionName.STATUS)
DEPLOYED = Deployed(
    memory_mb={name: 1_024 if name in _API else 512 for name in FunctionName},
    alarm_metrics=10,
    bank_alarm_metrics=2,
    dashboards=1,
    api_methods=2,
    sweep_minutes=1,
    subscriptions={"https": 1, "sqs": 1},
    banks=2,
    calendars=2,
    log_retention_days=30,
    report_archive_days=0,
    sampling_rate=0.1,
    workflow_logs_all=True,
    states=9,
    concurrency=10,
)


def upload_of(*, uploads_a_day: int = 100, rows: int = 1_000, months: int = 2, **changes: Any) -> Upload:
    """One upload of 3,000 a month, by default; `changes` are `Deployed`'s, and `repeated_share`."""
    repeated = changes.pop("repeated_share", 0.0)
    workload = Workload(uploads_a_day=uploads_a_day, rows=rows, repeated_share=repeated, months=months)
    return Upload(workload=workload, assumed=assumed(), deployed=replace(DEPLOYED, **changes))
