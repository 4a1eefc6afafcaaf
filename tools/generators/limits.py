"""Writes docs/limits.md from the constants that hold the limits, and from AWS's quotas, so that it cannot lag behind.

python -m tools.generators.limits
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from functions.common.aws.reports_bucket import LINK_SECONDS
from functions.report.format.definition import (
    MAX_ERRORS,
    MAX_FUTURE,
    MAX_INTEGER_DIGITS,
    MAX_MARKED,
    MAX_MARKED_AT_ONCE,
    MIN_YEAR,
)
from shared.contracts.api import (
    DEFAULT_LIMIT,
    DEFAULT_ROWS_LIMIT,
    MAX_DECLARED_BYTES,
    MAX_EXAMINED,
    MAX_FILE_NAME,
    MAX_FORM_BYTES,
    MAX_LIMIT,
    MAX_REPORT_BYTES,
    MAX_ROWS_LIMIT,
)
from shared.contracts.objects import (
    DELETED_DAYS,
    ERRORS_DAYS,
    ERRORS_PREFIX,
    LOADS_DAYS,
    LOADS_PREFIX,
    MANIFESTS_PREFIX,
    MAP_RESULTS_DAYS,
    MAP_RESULTS_PREFIX,
    OLD_VERSION_DAYS,
    REPORTS_PREFIX,
)
from shared.contracts.problems import PROBLEMS, ProblemType
from shared.contracts.tables import TIME_SHARDS
from shared.contracts.uploads import (
    DECLARED_FOR,
    LARGE_STUCK_AFTER,
    LINK_TIME,
    MAX_ATTEMPTS_KEPT,
    MAX_RESTARTS,
    STUCK_AFTER,
)
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES
from shared.infra.limits import MAX_QUEUE_DAYS, SLOW_USAGE_PLANS, USAGE_PLAN_SECONDS
from shared.infra.settings.cross_checks import MAX_ALLOWED_IPS, MAX_BANK_ID_LENGTH, REQUESTS_OF_AN_UPLOAD
from shared.infra.settings.settings import MAX_ALLOWED_ORIGINS, MAX_KEYS, Bank, EnvironmentFile
from shared.repository import ROOT
from tools.client.uploads import LARGE_PACE, PACE, PAUSE_SECONDS
from tools.costs.prices import Costs, read_costs
from tools.operations.quotas import QUOTAS

PAGE: Final = ROOT / "docs" / "limits.md"
_TEMPLATE: Final = Path(__file__).with_name("limits.template.md")
OF_EACH: Final = {
    "aws_api_gateway_rest_api": 1,
    "aws_cloudwatch_event_rule": 3,
    "aws_iam_role": 15,
    "aws_xray_group": 1,
}
"""How many an environment has of the resources whose number in an account is limited, whatever its settings; a preview
has no X-Ray group. A test compares them with the stacks."""
_SERVICES: Final = ("api-", "dynamodb-", "events-", "iam-", "sns-")
"""Beginnings of the names of quotas that the page uses."""
_A_DAY: Final = 86_400
_BANKS: Final = (1, 10, SLOW_USAGE_PLANS, 300)

_Row = tuple[str, str, str]


def page() -> str:
    """The page as it has to be."""
    costs = read_costs()
    return _TEMPLATE.read_text(encoding="utf-8").format(
        report=_table(_report()),
        answers=_table(_answers()),
        requests=_table(_requests()),
        throttled=PROBLEMS[ProblemType.THROTTLED].retry_after,
        exceeded=PROBLEMS[ProblemType.QUOTA_EXCEEDED].retry_after,
        pause=PAUSE_SECONDS,
        small_pause=PACE.longest,
        large_pause=LARGE_PACE.longest,
        per_upload=REQUESTS_OF_AN_UPLOAD,
        time=_table(_time()),
        rows=_table(_rows(costs)),
        banks=_table(_banks(costs)),
        plan_seconds=USAGE_PLAN_SECONDS,
        plan_times="\n".join(
            f"| {banks} | {_duration(timedelta(seconds=banks * USAGE_PLAN_SECONDS))} |" for banks in _BANKS
        ),
        slow=SLOW_USAGE_PLANS,
        api_seconds=costs.quota("api-delete-seconds"),
        environments="\n".join(_environments(costs)),
        kept="\n".join(_kept()),
        errors_days=ERRORS_DAYS,
        quotas="\n".join(_quotas(costs)),
    )


def main() -> int:
    """Write the page; the exit code."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _report() -> Iterator[_Row]:
    yield "Bytes in one request (`POST /upload`)", f"{MAX_REPORT_BYTES:,}", f"the whole form: {MAX_FORM_BYTES:,}"
    yield "Bytes of a declared report (`POST /uploads`)", f"{MAX_DECLARED_BYTES:,}", "S3's limit of one PUT"
    yield "Characters of a declared file's name", f"{MAX_FILE_NAME}", ""
    yield (
        "Digits of an amount before its decimal point",
        f"{MAX_INTEGER_DIGITS}",
        "[report-format.md](report-format.md)",
    )
    yield "Time of a transaction", f"{MIN_YEAR} to {_duration(MAX_FUTURE)} ahead", "the clocks of banks differ"


def _answers() -> Iterator[_Row]:
    yield "Errors that the answer to a report lists", f"{MAX_ERRORS:,}", "all are counted"
    yield (
        "Errors that are stored and paged, and rows marked in the corrections",
        f"{MAX_MARKED:,}",
        f"{MAX_MARKED_AT_ONCE:,} rows of a report in one request, marked while the bank waits",
    )
    yield "Conflicts that are listed", f"{MAX_CONFLICT_SAMPLES}", "all are counted"
    yield "Uploads on a page", f"{MAX_LIMIT}", f"default {DEFAULT_LIMIT}"
    yield "Errors or transactions on a page", f"{MAX_ROWS_LIMIT:,}", f"default {DEFAULT_ROWS_LIMIT}"
    yield "Items looked at for one page of a selection", f"{MAX_EXAMINED:,}", "a page may have fewer than it could"
    yield "Attempts of an upload that are kept", f"{MAX_ATTEMPTS_KEPT}", "the newest"


def _requests() -> Iterator[_Row]:
    quota, rate, burst = (_default(Bank, name) for name in ("quota_per_day", "rate_limit", "burst_limit"))
    yield "Requests a day with each key", f"{quota:,}", "`quota_per_day`: each upload and each question counts"
    yield (
        "Reports a day with each key",
        f"{quota // REQUESTS_OF_AN_UPLOAD:,}",
        f"at {REQUESTS_OF_AN_UPLOAD} requests each: the report, and its status twice",
    )
    yield "Requests a second, sustained", f"{rate:,}", "`rate_limit`"
    yield "Requests at once", f"{burst:,}", "`burst_limit`"
    yield "Keys that are valid at the same time", f"{MAX_KEYS}", "one in use, one to replace it; each has its own quota"


def _time() -> Iterator[_Row]:
    yield "Link to the corrections of a rejected report", f"{LINK_SECONDS // 60} minutes", "ask again for a new one"
    yield "Link to store a declared report", _duration(LINK_TIME), "the PUT has to begin by then; declare again"
    yield "Declaration whose report is not stored", _duration(DECLARED_FOR), "then it is withdrawn"
    yield (
        "Upload without progress",
        _duration(STUCK_AFTER),
        f"of a declared report {_duration(LARGE_STUCK_AFTER)}; it is restarted {_times(MAX_RESTARTS)}, then it fails",
    )


def _rows(costs: Costs) -> Iterator[_Row]:
    new, most = costs.quota("dynamodb-new-table-write-units"), costs.quota("dynamodb-table-write-units")
    day = TIME_SHARDS * costs.quota("dynamodb-partition-write-units")
    yield "Rows a second into a new table", f"{new:,}", f"{new * _A_DAY:,} a day; DynamoDB raises it with use"
    yield "Rows a second of one bank and day", f"{day:,}", f"{TIME_SHARDS} shards of the index `by-time`"
    yield "Rows a second of all banks", f"{most:,}", f"{most * _A_DAY:,} a day; AWS raises the quota on request"
    concurrency = _default(EnvironmentFile, "large_load_concurrency")
    yield "Ranges of one large report loaded at once", f"{concurrency}", "`large_load_concurrency`"


def _banks(costs: Costs) -> Iterator[_Row]:
    plans = costs.quota("api-usage-plans")
    yield "Banks of all environments of an account and region", f"{plans}", "each has one usage plan"
    yield "Banks with a contact, of an environment", f"{costs.quota('sns-filter-policies')}", "each has a filter policy"
    yield "Characters of a bank's id", f"{MAX_BANK_ID_LENGTH}", ""
    yield "IP ranges of all banks together", f"{MAX_ALLOWED_IPS}", "`allowed_ips`"
    yield "Origins of web pages", f"{MAX_ALLOWED_ORIGINS}", "`allowed_origins`"
    yield (
        "Requests a second of all APIs of an account",
        f"{costs.quota('api-requests'):,}",
        f"{costs.quota('api-burst'):,} at once; less in some regions",
    )
    yield (
        "Uploads a day that all banks were promised",
        "`committed_daily_uploads`",
        f"the banks' quotas have to allow {REQUESTS_OF_AN_UPLOAD} requests for each",
    )


def _environments(costs: Costs) -> Iterator[str]:
    asked = {each.type: (each.title, each.usual) for each in QUOTAS}
    asked["aws_api_gateway_rest_api"] = ("regional APIs", costs.quota("api-regional-apis"))
    asked["aws_cloudwatch_event_rule"] = ("rules of the event bus", costs.quota("events-rules"))
    yield "| Quota | AWS's default | An environment takes | Environments |"
    yield "| --- | --- | --- | --- |"
    for type_, number in sorted(OF_EACH.items(), key=lambda each: asked[each[0]][1] // each[1]):
        title, usual = asked[type_]
        yield f"| {title} | {usual:,} | {number} | {usual // number} |"
    title, usual = asked["aws_api_gateway_usage_plan"]
    yield f"| {title} | {usual:,} | one for each bank | {usual} with one bank each |"


def _kept() -> Iterator[str]:
    yield "| What | Kept for | As an old version | Setting |"
    yield "| --- | --- | --- | --- |"
    reports = "by default permanently", _days(OLD_VERSION_DAYS), "`report_days`, `report_archive_days`"
    yield _line(f"Reports (`{REPORTS_PREFIX}`)", *reports)
    for what, prefix, kept in (
        ("Errors and corrections of rejected reports", ERRORS_PREFIX, ERRORS_DAYS),
        ("Ranges of large reports", MANIFESTS_PREFIX, LOADS_DAYS),
        ("Results of loading", LOADS_PREFIX, LOADS_DAYS),
        ("Results of Distributed Maps", MAP_RESULTS_PREFIX, MAP_RESULTS_DAYS),
    ):
        yield _line(f"{what} (`{prefix}`)", _days(kept), _days(DELETED_DAYS), "")
    yield _line("Transactions, uploads and their attempts", "permanently", "", "")
    yield _line("Dead letters, and messages that could not be delivered", _days(MAX_QUEUE_DAYS), "", "")
    logs = _default(EnvironmentFile, "log_retention_days")
    yield _line("Logs", f"by default {_days(logs)}", "", "`log_retention_days`")
    yield _line(
        "Input and output of the workflow's states, in its log", "by default not logged", "", "`execution_data_days`"
    )


def _quotas(costs: Costs) -> Iterator[str]:
    yield "| Quota | Looked up |"
    yield "| --- | --- |"
    for name, quota in costs.quotas.items():
        if name.startswith(_SERVICES):
            yield f"| {quota.value:,} {quota.unit} | [{quota.looked_up}]({quota.page}) |"


def _table(rows: Iterable[_Row]) -> str:
    return "\n".join(["| What | Limit | Remark |", "| --- | --- | --- |", *(_line(*row) for row in rows)])


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _default(model: type[Bank | EnvironmentFile], name: str) -> int:
    default: int = model.model_fields[name].default
    return default


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _duration(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    for size, unit in ((3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0 and seconds >= size:
            number = seconds // size
            return f"{number:,} {unit}{'' if number == 1 else 's'}"
    raise ValueError(f"{time} is no time in seconds")


if __name__ == "__main__":
    sys.exit(main())
