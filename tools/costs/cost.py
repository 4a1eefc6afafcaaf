"""What a month on AWS costs, by service and item, and what would be cheaper.

    ./dev cost
    ./dev cost --uploads-a-day 500 --rows 50_000 --environment staging

Computed from the synthesized stacks, the code's constants, named assumptions, and the prices in `prices.toml`.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from shared.infra.settings.settings import SettingsError
from tools.costs.assumptions import assumed
from tools.costs.deployed import deployed_by
from tools.costs.prices import read_costs
from tools.costs.report import Report, rich_table
from tools.costs.workload import Upload, Workload
from tools.errors import ToolError
from tools.synthesis import settings_of
from tools.terminal import Terminal

UPLOADS_A_DAY: Final = 10_000
ROWS: Final = 1_000
MONTHS: Final = 12
ENVIRONMENT: Final = "prod"


def main(arguments: Sequence[str]) -> int:
    """Compute, and show the tables; the exit code."""
    options = _options(arguments)
    out = Terminal.of_stdout()
    try:
        with out.step("Synthesizing the stacks"):
            deployed = deployed_by(settings_of(options.environment))
        upload = Upload(
            workload=Workload(
                uploads_a_day=options.uploads_a_day,
                rows=options.rows,
                repeated_share=options.repeated_share,
                months=options.months,
            ),
            assumed=assumed(options.assume),
            deployed=deployed,
        )
        report = Report(upload=upload, costs=read_costs(given=options.price), environment=options.environment)
        tables = list(report.tables())
    except (SettingsError, ToolError) as error:
        print(f"cost: {error}", file=sys.stderr)
        return 1
    for each in tables:
        out.show(rich_table(each))
    out.say("", report.summary, *report.notes)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cost", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--uploads-a-day", type=_number, default=UPLOADS_A_DAY, help="new, valid reports (default: %(default)s)"
    )
    parser.add_argument("--rows", type=_number, default=ROWS, help="of each report (default: %(default)s)")
    parser.add_argument(
        "--repeated-share",
        type=_share,
        default=0.0,
        help="of the rows, 0 to 1, that another upload has loaded already (default: %(default)s)",
    )
    parser.add_argument(
        "--months",
        type=_number,
        default=MONTHS,
        help="which month: what is stored adds up (default: %(default)s)",
    )
    parser.add_argument(
        "--environment", default=ENVIRONMENT, help="whose settings count, as in environments/ (default: %(default)s)"
    )
    parser.add_argument(
        "--price",
        action="append",
        default=[],
        metavar="NAME=DOLLARS",
        help="a price for one unit, such as of your region, instead of that in tools/costs/prices.toml",
    )
    parser.add_argument(
        "--assume", action="append", default=[], metavar="NAME=NUMBER", help="another value for one of the assumptions"
    )
    return parser.parse_args(arguments)


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
