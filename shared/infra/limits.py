"""AWS's limits: synth refuses what AWS would refuse in the middle of a deploy."""

from typing import Final

API_RATE_LIMIT: Final = 10_000
"""Sustained requests a second of all APIs of an account in a region: API Gateway's quota `Throttle rate`."""
API_BURST_LIMIT: Final = 5_000
"""Requests at once, likewise: API Gateway's quota `Throttle burst rate`."""
MAX_USAGE_PLANS: Final = 300
"""Of an account in a region: API Gateway's quota `Usage plans per account`."""
USAGE_PLAN_SECONDS: Final = 20
"""Between two updates of usage plans of an account: API Gateway's fixed quota of UpdateUsagePlan. Terraform updates a
plan also before it deletes it."""
SLOW_USAGE_PLANS: Final = 60
"""Ours: from here on, a destroy of all usage plans, or a change of a limit of all, takes 20 minutes and more."""
USUAL_CONCURRENCY: Final = 1_000
"""Functions that an account may run at once: Lambda's quota `Concurrent executions`. New accounts can have fewer."""
MAX_MAP_CONCURRENCY: Final = 10_000
"""Child executions that a Distributed Map may run at once: Step Functions' quota."""
LEAST_UNRESERVED_CONCURRENCY: Final = 100
"""What reserved concurrency must leave to the other functions of an account (PutFunctionConcurrency)."""
MAX_FILTER_POLICIES: Final = 200
"""Of a topic: SNS's quota `Filter policies per topic`."""
MAX_QUEUE_DAYS: Final = 14
"""SQS quota: the longest that a message is kept, and so the longest that an operator has for it."""

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""For which CloudWatch Logs can keep logs (PutRetentionPolicy)."""


class LimitError(ValueError):
    """A value that AWS does not accept; the message has the value and the bounds."""


def within(what: str, value: int, least: int, most: int, unit: str) -> int:
    """Return the value if it is between the bounds, both included.

    Raises:
        LimitError: it is not.
    """
    if not least <= value <= most:
        raise LimitError(f"{what} = {value}: AWS accepts {least} to {most} {unit}")
    return value
