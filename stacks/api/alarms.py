"""Alarms on what the API answers, and on what its access log shows."""

from dataclasses import replace
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from shared.contracts import metrics
from shared.contracts.metrics import Metric
from shared.infra.constructs.alarm import ABOVE_ZERO, QUARTER_OF_AN_HOUR, Alarm, Limit, Notice, Priority
from shared.infra.constructs.measured import Expression, Measured, error_rate, of_many, own
from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import AlarmTopics, LogGroupRef
from stacks.api.stage import ENVIRONMENT_FIELD

_NAMESPACE: Final = "AWS/ApiGateway"
_ERROR_PERCENT: Final = 1
_LATENCY_MS: Final = 1_000
"""As long as the largest report may take after a cold start (ADR 11): 19 of 20 requests are far below."""
_WRONG_KEYS: Final = 100
"""In five minutes: more than a bank that has not changed its key yet, less than a thief who tries keys."""


class ApiAlarms(Construct):
    """Metric filters of the access log, and the alarms."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        topics: AlarmTopics,
        api_name: str,
        stage_name: str,
        access_log: LogGroupRef,
    ) -> None:
        """Make filters and alarms.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            topics: who is told.
            api_name: of the REST API.
            stage_name: of its stage.
            access_log: of the stage.
        """
        super().__init__(scope, id_)
        self._namer = namer
        self._topics = topics
        self._of_stage = {"ApiName": api_name, "Stage": stage_name}
        self._answers()
        self._count(metrics.WRONG_KEYS, "wrong-keys", "INVALID_API_KEY", access_log)
        self._count(metrics.QUOTAS_EXCEEDED, "quota-exceeded", "QUOTA_EXCEEDED", access_log)
        self._callers()

    def _answers(self) -> None:
        self._alarm(
            Notice(
                purpose="api-errors",
                priority=Priority.URGENT,
                says=f"More than {_ERROR_PERCENT} % of the requests were answered by an error of ours for 10 minutes",
            ),
            error_rate(errors=self._metric("5XXError"), calls=self._metric("Count")),
            Limit(value=_ERROR_PERCENT, periods=2),
        )
        self._alarm(
            Notice(
                purpose="api-latency",
                priority=Priority.ROUTINE,
                says=f"One request of 20 took longer than {_LATENCY_MS} ms in 15 of 20 minutes",
            ),
            of_many(self._metric("Latency", "p95"), count=self._metric("Count"), label="95th percentile in ms"),
            replace(QUARTER_OF_AN_HOUR, value=_LATENCY_MS),
        )

    def _callers(self) -> None:
        self._alarm(
            Notice(
                purpose="wrong-keys",
                priority=Priority.ROUTINE,
                says=f"More than {_WRONG_KEYS} requests without a valid API key within 5 minutes",
            ),
            own(metrics.WRONG_KEYS, environment=self._namer.suffix),
            Limit(value=_WRONG_KEYS),
        )
        self._alarm(
            Notice(
                purpose="quota-exceeded",
                priority=Priority.ROUTINE,
                says="A bank has used up its requests of the day, and is refused until tomorrow",
            ),
            own(metrics.QUOTAS_EXCEEDED, environment=self._namer.suffix),
        )

    def _count(self, metric: Metric, purpose: str, error: str, access_log: LogGroupRef) -> None:
        """Count the requests that API Gateway answered with one of its own errors.

        Without a default value: it excludes dimensions (hashicorp/aws, `default_value`).
        """
        CloudwatchLogMetricFilter(
            self,
            f"{purpose}-filter",
            name=self._namer.name(purpose, ResourceKind.METRIC_FILTER),
            log_group_name=access_log.name,
            pattern=f'{{ $.error = "{error}" }}',
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                name=metric.name,
                namespace=metrics.NAMESPACE,
                value="1",
                unit=metric.unit,
                dimensions={metrics.ENVIRONMENT_DIMENSION: f"$.{ENVIRONMENT_FIELD}"},
            ),
        )

    def _metric(self, name: str, statistic: str = "Sum") -> Measured:
        return Measured(namespace=_NAMESPACE, name=name, dimensions=self._of_stage, statistic=statistic)

    def _alarm(self, notice: Notice, on: Measured | Expression, limit: Limit = ABOVE_ZERO) -> None:
        Alarm(self, notice.purpose, namer=self._namer, topics=self._topics, notice=notice, on=on, limit=limit)
