"""Settings that AWS accepts, and that make a deploy slow or alarms unheard: a line for each, shown by synth."""

from collections.abc import Iterator

from shared.infra.limits import SLOW_USAGE_PLANS, USAGE_PLAN_SECONDS
from shared.infra.settings.settings import Settings


def deploy_warnings(settings: Settings) -> Iterator[str]:
    """What an operator should know before a deploy of the environment."""
    if settings.local_cloud:
        return
    plans = len(settings.banks)
    if plans >= SLOW_USAGE_PLANS:
        yield (
            f"{plans} banks: to change or delete all their usage plans takes at least "
            f"{plans * USAGE_PLAN_SECONDS // 60} minutes ({plans} x {USAGE_PLAN_SECONDS} s: API Gateway updates one "
            f"plan in {USAGE_PLAN_SECONDS} seconds for an account, a quota that AWS does not raise). The job and its "
            "credentials must last as long: otherwise the deploy is killed half-way, and leaves a lock."
        )
    lost = list(_unheard(settings))
    if settings.protect_data and lost:
        yield (
            "Protected data, but alarms that no one hears (`operators` and `on_call` in the environment's file say who "
            f"does): {'; '.join(lost)}."
        )


def _unheard(settings: Settings) -> Iterator[str]:
    if not settings.operators:
        yield "CloudWatch shows alarms that can wait until the morning, and sends them to no one"
    if not settings.on_call:
        yield "alarms that cannot wait wake no one"
