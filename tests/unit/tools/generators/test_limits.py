import pytest

from shared.infra import limits
from tools.costs.prices import read_costs
from tools.generators.limits import PAGE, page
from tools.operations.quotas import QUOTAS


def test_the_committed_page_is_what_the_constants_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/limits.md"


@pytest.mark.parametrize(
    ("quota", "constant"),
    [
        ("api-requests", limits.API_RATE_LIMIT),
        ("api-burst", limits.API_BURST_LIMIT),
        ("api-usage-plans", limits.MAX_USAGE_PLANS),
        ("api-usage-plan-seconds", limits.USAGE_PLAN_SECONDS),
        ("sns-filter-policies", limits.MAX_FILTER_POLICIES),
        ("iam-roles", next(each.usual for each in QUOTAS if each.type == "aws_iam_role")),
    ],
)
def test_a_limit_that_synth_or_doctor_knows_is_the_quota_that_was_looked_up(quota: str, constant: int) -> None:
    assert read_costs().quota(quota) == constant
