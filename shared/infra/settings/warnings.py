"""Settings that AWS accepts, and that make a deploy slow: a line for each, shown by synth."""

from collections.abc import Iterator

from shared.infra.limits import SLOW_USAGE_PLANS, USAGE_PLAN_SECONDS
from shared.infra.settings.settings import Settings


def deploy_warnings(settings: Settings) -> Iterator[str]:
    """What an operator should know before a deploy of the environment."""
    plans = len(settings.banks)
    if plans >= SLOW_USAGE_PLANS and not settings.local_cloud:
        yield (
            f"{plans} banks: to change or delete all their usage plans takes at least "
            f"{plans * USAGE_PLAN_SECONDS // 60} minutes ({plans} x {USAGE_PLAN_SECONDS} s: API Gateway updates one "
            f"plan in {USAGE_PLAN_SECONDS} seconds for an account, a quota that AWS does not raise). The job and its "
            "credentials must last as long: otherwise the deploy is killed half-way, and leaves a lock."
        )
