"""`./dev local`: the main job on a laptop. Start the local cloud, deploy, submit reports, show how each ended."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from local.cloud.errors import LocalError
from local.cloud.paths import find_places
from local.demo.next_steps import how_to_go_on, where_to_look
from local.demo.options import Options, parse
from local.demo.results import send_and_show
from local.demo.samples import own_report, sample_reports
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import end_with_parent
from shared.repository import ROOT
from tools.errors import ToolError
from tools.terminal import Screen, screen

_DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Returns:
        0 if every upload ended as it should; 1 if not, or if something failed; 130 or 143 when it was ended.
    """
    # `./dev` works in the root of the repository; it notes here where the user was.
    folder = Path(os.environ.get("INIT_CWD", "."))
    options = parse(sys.argv[1:] if arguments is None else arguments, folder=folder)
    out, user = screen(), dict(os.environ)
    forget_aws(os.environ)
    try:
        with interruptible():
            _run(options, out, user)
            return 0
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr)
    except OSError as error:
        if error.errno not in _DISK_FULL:
            raise
        print(f"\nThe disk is full ({error.filename}). Make room, then try again.", file=sys.stderr)
    return 1


def _run(options: Options, out: Screen, user: Mapping[str, str]) -> None:
    samples = [own_report(options.report, options.bank)] if options.report else sample_reports(ROOT)
    with launch(find_places(user), out, user=user, provider=options.provider, port=options.port) as launched:
        wrong = send_and_show(samples, launched.pipeline, out)
        out.say("", *how_to_go_on(launched.pipeline, root=ROOT, keep=options.keep))
        if options.keep:
            out.say("", *where_to_look(launched.pipeline, launched.run))
            _wait_for_ctrl_c()
        if wrong:  # raised in here, so that the logs are kept
            raise LocalError(f"Not all is as it should be, see above. The logs: {launched.run.log('any').parent}")
    if options.keep:
        out.say("", "Stopped; nothing is left running.")


def _wait_for_ctrl_c() -> None:
    """Ctrl-C is how a run with --keep is meant to end: it is no failure. SIGTERM still is one."""
    ended = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    end_with_parent()
    sys.exit(main())
