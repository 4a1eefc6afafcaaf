"""The program behind `./dev`: shows the menu, or sets the toolchain up and becomes nox."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from shared.repository import ROOT
from tools.setup import menu, toolchain
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform

_HELP = frozenset({"-h", "--help", "help"})
_READY = "The toolchain is ready. To use it: . .venv/bin/activate, then cdktf synth, cdktf deploy state-stack, ..."


def main(arguments: Sequence[str]) -> int:
    """Run sessions, or show the menu.

    Args:
        arguments: names of sessions, then the options that go to them.

    Returns:
        The exit code, if nox was not reached: 2 for what the user has to fix, 130 when interrupted.
    """
    sessions = menu.read_sessions(ROOT / "noxfile.py")
    chosen, options = menu.split(arguments, sessions)
    if chosen:
        return _run(chosen, options)
    if options and options[0] not in _HELP:
        print(menu.unknown(options[0], sessions), file=sys.stderr)
        return 2
    print(menu.usage(sessions))
    return 0


def _run(sessions: Sequence[str], options: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end children in an orderly way, as on Ctrl-C
    try:
        for session in sessions:
            toolchain.prepare(session)
        environment = toolchain.environment()
        if toolchain.NEED_TERRAFORM.intersection(sessions):
            check_terraform(environment)
    except SetupError as error:
        print(f"./dev: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\n./dev: stopped. Nothing is left running; the next run continues from here.", file=sys.stderr)
        return 130
    if sessions != ["setup"]:
        _become_nox(sessions, options, environment)
    print(_READY)
    return 0


def _become_nox(sessions: Sequence[str], options: Sequence[str], environment: dict[str, str]) -> NoReturn:
    """Replace this process, so that signals reach the sessions."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nox = str(toolchain.VENV / "bin" / "nox")
    os.execve(nox, [nox, "-s", *sessions, "--", *options], environment)  # noqa: S606  our own program, no shell wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
