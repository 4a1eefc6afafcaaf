"""`./dev doctor`: what a deploy of the environment would create, adopt or refuse, and the account's quotas for it.

It changes nothing.
"""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from main import build
from shared.infra.account import load_settings
from shared.infra.adoption.access import open_aws
from shared.infra.adoption.adopt import contents, duplication, refusal, unanswered
from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Decision
from shared.infra.adoption.survey import Resolution, survey
from shared.infra.app import App
from shared.infra.packaging import PackagingError, package_functions
from shared.infra.settings.settings import Settings, SettingsError
from shared.infra.settings.warnings import deploy_warnings
from tools.operations.quotas import concurrency_advice, usages
from tools.operations.stray_logs import stray_logs

STYLES: Final = {
    Decision.CREATE: "green",
    Decision.ADOPT: "cyan",
    Decision.REFUSE: "bold red",
    Decision.UNKNOWN: "yellow",
}
COUNTED: Final = {
    Decision.CREATE: "to create",
    Decision.ADOPT: "to adopt",
    Decision.REFUSE: "to refuse",
    Decision.UNKNOWN: "unknown",
}
DEPLOYABLE: Final = 0
REFUSED: Final = 1
UNKNOWN: Final = 2
_SEVERITY: Final = (DEPLOYABLE, UNKNOWN, REFUSED)


def main() -> int:
    """Examine the environment that `ENVIRONMENT_SUFFIX` names.

    Returns:
        Exit code: 0 if it can be deployed, 1 if something that exists prevents it, 2 if AWS did not answer.
    """
    out, errors = Console(), Console(stderr=True)
    try:
        settings = load_settings(os.environ, notice=errors.print)
        app = App()
        build(app, settings=settings, packages=package_functions())
    except (SettingsError, PackagingError) as error:
        errors.print(str(error), markup=False)
        return UNKNOWN
    aws = open_aws(settings, os.environ, notice=errors.print)
    if aws is None:
        errors.print("Existing resources are unknown. Log in to AWS, then run `./dev doctor` again.")
        return UNKNOWN
    resolutions = survey(contents(app), aws)
    code = report(resolutions, settings, out)
    return max(code, report_quotas(resolutions, settings, aws, out), key=_SEVERITY.index)


def report(resolutions: Sequence[Resolution], settings: Settings, out: Console) -> int:
    """Print the resolutions and what they mean for a deploy.

    Returns:
        Exit code, as `main`.
    """
    out.print(_table(resolutions, settings.suffix))
    counts = Counter(each.ownership.decision for each in resolutions)
    out.print(", ".join(f"{counts[each]} {COUNTED[each]}" for each in Decision if counts[each]) + ".")
    if counts[Decision.ADOPT]:
        out.print(_adoption(settings))
    if counts[Decision.REFUSE]:
        refused = [each for each in resolutions if each.ownership.decision is Decision.REFUSE]
        out.print(refusal(refused), markup=False)
        return REFUSED
    if counts[Decision.UNKNOWN]:
        out.print(f"AWS did not answer whether these exist: {unanswered(resolutions)}.", markup=False)
        if doubled := [each for each in resolutions if each.ownership.needs]:
            out.print(duplication(doubled), markup=False)
        return UNKNOWN
    return DEPLOYABLE


def report_quotas(resolutions: Sequence[Resolution], settings: Settings, aws: Aws, out: Console) -> int:
    """Print how far the account's quotas are used, what to ask AWS for, and which logs no destroy could remove.

    Returns:
        Exit code: 1 if a deploy would end because of one, otherwise 0, also if AWS did not answer.
    """
    used = usages(resolutions, aws)
    table = Table("Quota", "Used", "A deploy adds", "Limit", title="Quotas of the account")
    for each in used:
        limit = f"{each.limit:,}" if each.known else f"{each.limit:,} (unless raised)"
        table.add_row(each.quota.title, "unknown" if each.used is None else f"{each.used:,}", str(each.added), limit)
    out.print(table)
    for name in stray_logs(aws):
        command = f"aws logs delete-log-group --log-group-name {name}"
        out.print(f"Log group {name} is of an API that does not exist here any more: `{command}`.", markup=False)
    exceeded = [each.advice for each in used if each.exceeded]
    for line in (*exceeded, *concurrency_advice(settings, aws), *deploy_warnings(settings)):
        out.print(line, markup=False)
    return REFUSED if exceeded else DEPLOYABLE


def _table(resolutions: Sequence[Resolution], suffix: str) -> Table:
    table = Table("Stack", "Kind", "Name", "A deploy would", title=f"Environment {suffix}")
    for each in resolutions:
        decision = each.ownership.decision
        styled = f"[{STYLES[decision]}]{decision.value}[/]"
        table.add_row(each.resource.stack, each.title, escape(each.name), styled)
    return table


def _adoption(settings: Settings) -> str:
    if settings.adopt_existing:
        return "Adopt: it exists and is ours; Terraform imports it, unless its state has it already."
    return (
        f"Adopt: it exists and is ours. With adopt_existing = false, as in {settings.suffix}, only what belongs to the "
        "whole account is imported; the rest must be in Terraform's state."
    )


if __name__ == "__main__":
    sys.exit(main())
