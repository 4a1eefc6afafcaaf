"""`./dev sync`: bring changed functions into the local cloud that is up, once or at each change."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Final

from local.cloud.clients import Cloud
from local.cloud.paths import runs_folder
from local.cloud.run_folder import RunningCloud
from local.deployment.environment import forget_aws
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import exit_with_parent
from local.sync.functions import sync_functions
from local.sync.options import Options, parse
from local.sync.target import changed_stack_sources, find_cloud
from local.sync.watcher import Watcher
from shared.repository import ROOT
from tools.errors import ToolError
from tools.terminal import Terminal

_CODE_ONLY: Final = (
    "Only the functions' code is synced; for settings, permissions and resources, run ./dev local --keep again."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Sync once, or until Ctrl-C.

    Returns:
        0; 1 if something failed; 130 or 143 when interrupted. Ctrl-C is the regular end of `--watch`: 0.
    """
    options = parse(sys.argv[1:] if arguments is None else arguments)
    out = Terminal.of_stdout()
    forget_aws(os.environ)
    try:
        with interruptible():
            _run(options, out)
            return 0
    except InterruptedRunError as interrupt:
        if options.watch and interrupt.number == signal.SIGINT:
            out.say("Stopped watching; the local cloud stays up.")
            return 0
        out.say(f"Stopped ({interrupt}). Each function has its old or its new code; ./dev sync continues.")
        return interrupt.exit_code
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: Options, out: Terminal) -> None:
    target = find_cloud(runs_folder(os.environ), options.port)
    if not options.watch:
        _sync(target, out)
        return
    watcher = Watcher(ROOT)
    _try_sync(target, out)
    out.say("Watching functions/ and shared/contracts/ until Ctrl-C.")
    while watcher.wait(lambda: target.is_up):
        _try_sync(target, out)
    out.say("The local cloud has stopped.")


def _try_sync(target: RunningCloud, out: Terminal) -> None:
    """Show what is wrong and go on: the next change may put it right."""
    try:
        _sync(target, out)
    except ToolError as error:
        print(error, file=sys.stderr)


def _sync(target: RunningCloud, out: Terminal) -> None:
    began = time.monotonic()
    updated = 0
    for name, is_new in sync_functions(Cloud(endpoint_url=target.endpoint_url), root=ROOT):
        out.say(f"{name:15} {'updated' if is_new else 'unchanged'}")
        updated += is_new
    plural = "" if updated == 1 else "s"
    out.say(f"{updated} function{plural} updated on port {target.port} in {time.monotonic() - began:.1f} s.")
    changed = changed_stack_sources(ROOT, target.started)
    if changed:
        out.say(f"Changed since the deploy, and not synced: {', '.join(changed)}. {_CODE_ONLY}")


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main())
