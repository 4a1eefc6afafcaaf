"""Writes docs/cost.md: what `./dev cost` computes without options.

python -m tools.generators.cost
"""

import sys
from typing import Final

from shared.repository import ROOT
from tools.costs.assumptions import assumed
from tools.costs.cost import ENVIRONMENT, MONTHS, ROWS, UPLOADS_A_DAY
from tools.costs.deployed import Deployed, deployed_by
from tools.costs.prices import read_costs
from tools.costs.report import Report, markdown
from tools.costs.workload import Upload, Workload
from tools.synthesis import settings_of

PAGE: Final = ROOT / "docs" / "cost.md"
_HEAD: Final = """\
<!-- Written by `./dev docs` from tools/costs; a test holds the two equal. -->
# What a month costs

Computed, never measured on AWS: from the synthesized stacks, the code's constants, and the assumptions and prices at
the end of this page. `./dev cost` computes the same for other numbers: `--uploads-a-day`, `--rows`, `--repeated-share`,
`--months`, `--environment`, `--assume NAME=NUMBER`, `--price NAME=DOLLARS`. A price for which no page was found has no
default: where it is needed, the command ends and names it, such as `s3-archive-gb-month` for reports of 128 KB or
more, which move to the archive. The prices are those of us-east-1; those of other regions differ.

**{summary}**

{notes}

How the bill comes about:

- Rows decide: each new row is one write unit of the transactions table, and another one of its index `by-time`, which
  projects all attributes. Everything beside DynamoDB is a few percent.
- Rows never expire, because "exactly once" holds for all time, so what is stored adds up: see how it grows.
- Rows that another upload has loaded already cost as much to write, and a read: each is marked, in table and index
  (`--repeated-share`). The same report submitted again costs one request and a few reads.
- DynamoDB's reserved capacity, and its table class for infrequent access, may be cheaper: no page was found for their
  prices, so they are not compared.
"""


def page(deployed: Deployed) -> str:
    """The page as it has to be, for what the environment has."""
    workload = Workload(uploads_a_day=UPLOADS_A_DAY, rows=ROWS, months=MONTHS)
    upload = Upload(workload=workload, assumed=assumed(), deployed=deployed)
    report = Report(upload=upload, costs=read_costs(), environment=ENVIRONMENT)
    head = _HEAD.format(summary=report.summary, notes="\n\n".join(report.notes))
    return f"{head}\n{markdown(report.tables())}\n"


def main() -> int:
    """Write the page; the exit code."""
    PAGE.write_text(page(deployed_by(settings_of(ENVIRONMENT))), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
