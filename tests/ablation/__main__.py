"""`./dev rights`: removes each permission of each function once, and writes the table in docs/security.md."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from local.cloud.paths import find_paths
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from shared.contracts.functions import FunctionName
from shared.repository import ROOT
from tests.ablation.ablation import Result, Role, ablate
from tools.terminal import Terminal

PAGE: Final = ROOT / "docs" / "security.md"
_BEGIN: Final = "<!-- Written by `./dev rights`. -->\n"
_END: Final = "<!-- End of what `./dev rights` has written. -->\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="./dev rights", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the table would change, and do not write it")
    check = parser.parse_args(arguments).check
    out, user = Terminal.of_stdout(), dict(os.environ)
    forget_aws(os.environ)
    results: list[Result] = []
    with launch(find_paths(user), out, user=user, evaluates_iam=True) as launched:
        for name in FunctionName:
            with out.step(f"Removing each permission of {name}"):
                results += ablate(Role(launched=launched, function=name))
    problems = [problem for result in results if (problem := result.problem)]
    out.say(*problems)
    before = PAGE.read_text(encoding="utf-8")
    after = with_table(before, results)
    if check and after != before:
        problems.append("docs/security.md is out of date: run ./dev rights")
        out.say(problems[-1])
    if not check:
        PAGE.write_text(after, encoding="utf-8")
    out.say(f"{len(results)} permissions and denials, {len(problems)} problems.")
    return 1 if problems else 0


def with_table(page: str, results: Sequence[Result]) -> str:
    """The page with the table of these results."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return head + _BEGIN + "\n".join(_table(results)) + "\n" + _END + tail


def _table(results: Sequence[Result]) -> Iterator[str]:
    yield "| Function | Action | On | Without it |"
    yield "| --- | --- | --- | --- |"
    for each in results:
        yield f"| {each.function} | {each.action} | {each.on} | {each.shown} |"


if __name__ == "__main__":
    sys.exit(main())
