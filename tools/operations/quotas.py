"""The account's quotas that can end a deploy, or starve what is deployed: for `./dev doctor`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from shared.infra.adoption.aws import Aws, NoAnswerError
from shared.infra.adoption.ownership import Decision
from shared.infra.adoption.survey import Resolution
from shared.infra.limits import LEAST_UNRESERVED_CONCURRENCY, MAX_USAGE_PLANS, USUAL_CONCURRENCY
from shared.infra.settings.settings import Settings

_Value = TypeVar("_Value")
_DEFAULT_NAME: Final = "Default"
"""X-Ray's own group and sampling rule, which do not count."""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A number of resources that an account may have."""

    title: str
    type: str
    """Terraform's type of the resources that count."""
    service: str
    """Service Quotas' code of the service."""
    code: str
    """Service Quotas' code of the quota."""
    usual: int
    """The default of AWS, where Service Quotas does not answer."""
    count: Callable[[Aws], int]
    """How many the account has; raises `NoAnswerError`."""
    remedy: str
    """What to do when it is used up."""


def _named(aws: Aws, operation: str, member: str, name: Callable[[Mapping[str, Any]], str]) -> int:
    found: list[Mapping[str, Any]] = aws.all("xray", operation).get(member, [])
    return sum(name(each) != _DEFAULT_NAME for each in found)


def _groups(aws: Aws) -> int:
    return _named(aws, "get_groups", "Groups", lambda each: str(each["GroupName"]))


def _sampling_rules(aws: Aws) -> int:
    return _named(aws, "get_sampling_rules", "SamplingRuleRecords", lambda each: str(each["SamplingRule"]["RuleName"]))


def _usage_plans(aws: Aws) -> int:
    return len(aws.all("apigateway", "get_usage_plans").get("items", []))


def _roles(aws: Aws) -> int:
    answer = aws.ask("iam", "get_account_summary") or {}
    try:
        return int(answer["SummaryMap"]["Roles"])
    except KeyError as error:
        raise NoAnswerError("no answer") from error


QUOTAS: Final = (
    Quota(
        title="X-Ray groups",
        type="aws_xray_group",
        service="xray",
        code="L-7F259013",
        usual=25,
        count=_groups,
        remedy="AWS does not raise it: set xray = false in this environment or in others",
    ),
    Quota(
        title="X-Ray sampling rules",
        type="aws_xray_sampling_rule",
        service="xray",
        code="L-8C0C998A",
        usual=25,
        count=_sampling_rules,
        remedy="leave out xray_sampling_rate, or ask AWS for more",
    ),
    Quota(
        title="usage plans",
        type="aws_api_gateway_usage_plan",
        service="apigateway",
        code="L-E8693075",
        usual=MAX_USAGE_PLANS,
        count=_usage_plans,
        remedy="destroy environments that are not used, or ask AWS for more",
    ),
    Quota(
        title="IAM roles",
        type="aws_iam_role",
        service="iam",
        code="L-FE177D64",
        usual=1_000,
        count=_roles,
        remedy="destroy environments that are not used, or ask AWS for more",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How far a quota is used."""

    quota: Quota
    used: int | None
    """None: AWS did not answer."""
    added: int
    """What a deploy of the environment would create."""
    limit: int
    known: bool
    """Whether Service Quotas has answered; otherwise, the limit is the default of AWS."""

    @property
    def exceeded(self) -> bool:
        """Whether a deploy would end because of it, as far as AWS has answered."""
        return self.used is not None and self.added > 0 and self.used + self.added > self.limit

    @property
    def advice(self) -> str:
        """What is wrong, and what to do."""
        quota = self.quota
        return (
            f"{quota.title}: {self.used} of {self.limit} are used, and a deploy would create {self.added}. Otherwise "
            f"it ends half-way: {quota.remedy} (Service Quotas, {quota.service}, {quota.code})."
        )


def usages(resolutions: Sequence[Resolution], aws: Aws) -> list[Usage]:
    """Ask AWS for the use of every quota."""
    added = Counter(each.resource.type for each in resolutions if each.ownership.decision is Decision.CREATE)
    return [_usage(quota, added[quota.type], aws) for quota in QUOTAS]


def _usage(quota: Quota, added: int, aws: Aws) -> Usage:
    limit = _limit(quota, aws)
    return Usage(
        quota=quota,
        used=_answer(lambda: quota.count(aws)),
        added=added,
        limit=quota.usual if limit is None else limit,
        known=limit is not None,
    )


def _limit(quota: Quota, aws: Aws) -> int | None:
    """The quota as it was raised; None if Service Quotas does not answer, or it has never been raised."""

    def ask() -> int | None:
        answer = aws.ask("service-quotas", "get_service_quota", ServiceCode=quota.service, QuotaCode=quota.code)
        return int(answer["Quota"]["Value"]) if answer and "Value" in answer.get("Quota", {}) else None

    return _answer(ask)


def concurrency_advice(settings: Settings, aws: Aws) -> Iterable[str]:
    """What to ask AWS for so that Lambda can run what is deployed; a line for each problem, none on the local cloud.

    Source: AWS, "Lambda quotas": 1,000 concurrent executions; new accounts can have fewer. Reserved concurrency must
    leave 100 to the functions without.
    """
    if settings.local_cloud:
        return
    account = _answer(lambda: (aws.ask("lambda", "get_account_settings") or {}).get("AccountLimit"))
    if not account or "ConcurrentExecutions" not in account:
        yield "Lambda: AWS did not answer how many functions this account may run at once (lambda:GetAccountSettings)."
        return
    allowed, unreserved = account["ConcurrentExecutions"], account.get("UnreservedConcurrentExecutions", 0)
    if allowed < USUAL_CONCURRENCY:
        yield (
            f"Lambda: this account may run {allowed} functions at once, and each report that is loaded takes up to 10. "
            f"Ask AWS for {USUAL_CONCURRENCY:,}: Service Quotas, lambda, L-B99A9384 (Concurrent executions)."
        )
    reserved = settings.intake_concurrency
    if reserved and unreserved < reserved + LEAST_UNRESERVED_CONCURRENCY:
        yield (
            f"Lambda: intake_concurrency = {reserved} must leave {LEAST_UNRESERVED_CONCURRENCY} of the account's "
            f"executions unreserved, and {unreserved} are: a deploy that has not reserved them before ends here. Lower "
            "it, or ask AWS for more (L-B99A9384)."
        )


def _answer(ask: Callable[[], _Value]) -> _Value | None:
    try:
        return ask()
    except NoAnswerError:
        return None
