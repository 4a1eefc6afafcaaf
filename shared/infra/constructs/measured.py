"""What an alarm watches: a metric, or a sum, a share, a percentile or the filled form of metrics (metric math).

The rules that count here, from CloudWatch's user guide ("Using math expressions with CloudWatch metrics", "Using Amazon
CloudWatch alarms") and the API reference of PutMetricAlarm:

- An expression of an alarm has at most ten metrics, all of one period.
- An alarm looks at more periods than it evaluates: where the last ones have no data, it evaluates older ones. So it
  rings for some periods longer than a metric without zeros is there, and one that waits for missing data waits until
  all of them are empty. `FILL(metric, 0)` makes every period real.
- A metric that comes late is, filled, a zero in the last period. Where it always does, an alarm that waits for a value
  above a limit in all of its periods never rings. So a filled one evaluates one period more than have to be wrong
  (`QUARTER_OF_AN_HOUR`): it may ring, and end, a period later. One that waits for silence needs no such period: a zero
  too many makes it ring earlier, and only if all the other periods are silent, too.
- An alarm on metrics of DynamoDB keeps its state while data is missing, whatever `treat_missing_data` says: it would
  not end after the last throttle. Filled, it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts import metrics
from shared.infra.refs import FunctionRef

MAX_METRICS: Final = 10
"""Of one alarm's expression (CloudWatch's user guide, "Alarms on math expressions")."""
FEWEST_ERRORS: Final = 3
"""A single failed call wakes no one: its caller repeats it, or it leaves a dead letter, whose alarm rings."""
FEWEST_SAMPLES: Final = 20
"""Of fewer values, the highest one is the 95th percentile: a single cold start would ring."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A metric as an alarm reads it: with exactly its dimensions, and one statistic of each period."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"
    """`Sum`, `Maximum`, or a percentile such as `p95`, for `of_many` only."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Metric math."""

    id: str
    text: str
    label: str
    """In the console."""
    metrics: Mapping[str, Measured]
    """By the name that the expression has for each."""


def own(metric: metrics.Metric, *, environment: str, statistic: str = "Sum", bank_id: str = "") -> Measured:
    """One of the pipeline's own metrics (`shared/contracts/metrics.py`).

    Args:
        metric: which.
        environment: the environment's suffix.
        statistic: of each period.
        bank_id: whose, for a metric of one bank.

    Raises:
        ValueError: a metric of one bank without a bank, or the other way round.
    """
    if metric.of_bank is not bool(bank_id):
        raise ValueError(f"{metric.name}: bank {bank_id!r}, but of_bank is {metric.of_bank}")
    dimensions = {metrics.ENVIRONMENT_DIMENSION: environment}
    if bank_id:
        dimensions[metrics.BANK_DIMENSION] = bank_id
    return Measured(namespace=metrics.NAMESPACE, name=metric.name, dimensions=dimensions, statistic=statistic)


def of_function(name: str, function: FunctionRef) -> Measured:
    """One of Lambda's metrics of a function, added up."""
    return Measured(namespace="AWS/Lambda", name=name, dimensions={"FunctionName": function.name})


def total(summands: Sequence[Measured], *, label: str, fill: bool = False) -> Expression:
    """Sum of metrics; one that has no data in a period counts as zero.

    Args:
        summands: 1 to 10.
        label: in the console.
        fill: a period in which none of them has data is zero, too; see this module for what that asks of the alarm.

    Raises:
        ValueError: none, or more than an alarm may have.
    """
    if not 1 <= len(summands) <= MAX_METRICS:
        raise ValueError(f"{label}: {len(summands)} metrics, but an alarm has 1 to {MAX_METRICS}")
    named = {f"m{number}": each for number, each in enumerate(summands)}
    terms = [f"FILL({each}, 0)" if fill else each for each in named]
    return Expression(id="sum", text=f"SUM([{', '.join(terms)}])", label=label, metrics=named)


def filled(metric: Measured, *, label: str) -> Expression:
    """A metric that is zero in periods without data."""
    return Expression(id="filled", text="FILL(value, 0)", label=label, metrics={"value": metric})


def error_rate(*, errors: Measured, calls: Measured) -> Expression:
    """How many calls of a hundred fail; 0 while less than `FEWEST_ERRORS` do in a period."""
    text = f"IF(errors >= {FEWEST_ERRORS}, 100 * errors / calls, 0)"
    return Expression(id="rate", text=text, label="Error rate in percent", metrics={"errors": errors, "calls": calls})


def of_many(percentile: Measured, *, count: Measured, label: str) -> Expression:
    """A percentile; 0 in periods of less than `FEWEST_SAMPLES` values.

    CloudWatch's own choice, `evaluate_low_sample_count_percentiles` = `ignore`, keeps the state instead: an alarm that
    has gone off in the evening would stay so for the night.

    Args:
        percentile: the metric.
        count: how many values it has.
        label: in the console.
    """
    text = f"IF(FILL(count, 0) >= {FEWEST_SAMPLES}, value, 0)"
    return Expression(id="percentile", text=text, label=label, metrics={"value": percentile, "count": count})
