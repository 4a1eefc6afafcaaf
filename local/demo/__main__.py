"""`./dev local`: start the local cloud, deploy, submit reports, show the outcome of each."""

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from local.cloud.errors import LocalError
from local.cloud.paths import find_paths
from local.demo.next_steps import how_to_inspect, how_to_operate, how_to_submit
from local.demo.options import Options, parse
from local.demo.results import send_and_show
from local.demo.samples import own_report, sample_reports
from local.demo.tables import time_table
from local.deployment.command import run_command
from local.deployment.launch import launch
from local.processes.parent import exit_with_parent
from shared.repository import ROOT
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Returns:
        0 if every upload ended as expected; 1 if not, or if something failed; 130 or 143 when interrupted.
    """
    # `./dev` works in the root of the repository; INIT_CWD is the user's folder.
    folder = Path(os.environ.get("INIT_CWD", "."))
    options = parse(sys.argv[1:] if arguments is None else arguments, folder=folder)
    return run_command(partial(_run, options))


def _run(options: Options, out: Terminal, user: Mapping[str, str]) -> None:
    samples = [own_report(options.report, options.bank)] if options.report else sample_reports(ROOT)
    with ExitStack() as parts:
        launched = parts.enter_context(
            launch(find_paths(user), out, user=user, provider=options.provider, port=options.port)
        )
        failed = send_and_show(samples, launched.pipeline, out)
        if options.keep:
            launched.run.keep()  # the logs whose path is printed
            launched.run.announce(launched.pipeline.cloud.endpoint_url)  # for `./dev sync`
            out.show(time_table(out.times))
            out.say("", *how_to_submit(launched.pipeline, root=ROOT))
            out.say("", *how_to_operate(launched.pipeline))
            out.say("", *how_to_inspect(launched.pipeline, launched.run))
            _wait_for_ctrl_c()
        else:
            out.say("", "The local cloud stops now. `./dev local --keep` leaves it up, with a URL and keys to try.")
        if failed:  # raised in here, so that the logs are kept
            raise LocalError(f"Checks failed, see above. The logs: {launched.run.logs}")
        with out.timed("Stopping everything"):
            parts.close()
    if options.keep:
        out.say("", "Stopped; nothing is left running.")
    else:
        out.show(time_table(out.times))


def _wait_for_ctrl_c() -> None:
    """Ctrl-C is the regular end of a run with --keep, and no failure. SIGTERM still is one."""
    ended = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main())
