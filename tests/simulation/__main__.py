"""`./dev simulate`: run seeds, replay one of them, or look for the planted bugs."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.simulation.bugs import BUGS
from tests.simulation.campaign import SEEDS_OF_BUG, Broken, bug_named, find_bugs, run, run_seeds
from tests.simulation.installation import installed
from tools.terminal import Terminal

RECORDED: Final = Path(__file__).with_name("recorded_seeds.json")
"""For each planted bug the first seed that finds it."""
_SHOWN: Final = 10
_VIOLATIONS: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = _parser().parse_args(arguments)
    out = Terminal.of_stdout()
    if options.replay is not None:
        return _replay(options.replay, options.bug)
    if options.bugs or options.record:
        return _bugs(out, jobs=options.jobs, record=options.record)
    return _seeds(out, options)


def _seeds(out: Terminal, options: argparse.Namespace) -> int:
    began = time.monotonic()
    last = began

    with out.step(f"{options.seeds:,} seeds from {options.first:,}") as show:

        def progress(done: int, broken: list[Broken]) -> None:
            nonlocal last
            show(f"{done:,} done, {len(broken):,} break the law")
            if not sys.stdout.isatty() and time.monotonic() - last > 10:
                last = time.monotonic()
                out.say(f"{done:,} of {options.seeds:,} done, {len(broken):,} break the law")

        broken = run_seeds(options.first, options.seeds, bug=options.bug, jobs=options.jobs, progress=progress)
    for each in broken[:_SHOWN]:
        out.say(f"seed {each.seed} breaks the law:", *(f"   {text}" for text in each.violations[:_VIOLATIONS]))
        planted = f" --bug {options.bug}" if options.bug else ""
        out.say(f"   replay it: ./dev simulate -- --replay {each.seed}{planted}")
    out.say(f"{len(broken):,} of {options.seeds:,} seeds break the law; {time.monotonic() - began:.0f} s.")
    return 1 if broken else 0


def _replay(seed: int, bug: str | None) -> int:
    with installed():
        result = run(seed, bug=bug_named(bug) if bug else None, keep_timeline=True)
    print(*result.timeline.entries, sep="\n")
    print(*(result.violations or ("The law holds.",)), sep="\n")
    return 1 if result.violations else 0


def _bugs(out: Terminal, *, jobs: int, record: bool) -> int:
    found: dict[str, int] = {}
    missed: list[str] = []
    unseen = {bug.name: bug.unseen for bug in BUGS}
    for name, broken in find_bugs([bug.name for bug in BUGS], jobs=jobs):
        if broken is None:
            if not unseen[name]:
                missed.append(name)
            out.say(f"{name}: not found within {SEEDS_OF_BUG:,} seeds" + f" ({unseen[name]})" * bool(unseen[name]))
        else:
            found[name] = broken.seed
            out.say(f"{name}: seed {broken.seed}: {broken.violations[0]}")
    if record:
        RECORDED.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    out.say(f"{len(found)} of {len(BUGS)} planted bugs were found.")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev simulate",
        description="Run the pipeline in simulated time against AWS in memory, with failures that the seed chooses, "
        "and check the law at the end of each run: everything is loaded exactly once, and every upload ends.",
        epilog="Exit code: 1 if a seed breaks the law, or if a planted bug is not found.",
    )
    names = [bug.name for bug in BUGS]
    parser.add_argument("--seeds", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes (one per core)")
    parser.add_argument("--replay", type=int, metavar="SEED", help="run one seed, and print all that happens in it")
    parser.add_argument("--bug", choices=names, metavar="NAME", help=f"with a planted bug: {', '.join(names)}")
    parser.add_argument("--bugs", action="store_true", help=f"look for each planted bug in {SEEDS_OF_BUG:,} seeds")
    parser.add_argument("--record", action="store_true", help="the same, and record the seeds for ./dev test")
    return parser


if __name__ == "__main__":
    sys.exit(main())
