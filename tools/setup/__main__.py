"""What `./dev` does once it has found a Python: sets up, then hands over to nox."""

import os
import signal
import sys
from typing import NoReturn

from tools.setup import toolchain as private_environment
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform

NEEDS_TERRAFORM = frozenset({"local", "test", "e2e", "deploy", "destroy", "diff"})
HELP = "After this: . .venv/bin/activate, then the plain commands work: cdktf synth, cdktf deploy state-stack, ..."


def main(arguments: list[str]) -> int:
    """Set the private environment up and become nox.

    Args:
        arguments: session names, then `--` and what goes to the session.

    Returns:
        The exit code, where nox was not reached: 2 for what the user has to fix, 130 when interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end children in an orderly way, as on Ctrl-C
    try:
        private_environment.prepare()
        if NEEDS_TERRAFORM.intersection(arguments[:1]):
            check_terraform()
    except SetupError as error:
        print(f"./dev: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\n./dev: stopped. Nothing is left running; the next run goes on from here.", file=sys.stderr)
        return 130
    if arguments != ["setup"]:
        _become_nox(arguments)
    print(f"The private environment is ready. {HELP}")
    return 0


def _become_nox(arguments: list[str]) -> NoReturn:
    """Run the sessions in this very process, so that signals reach them; without one, show the menu."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nox = str(private_environment.VENV / "bin" / "nox")
    command = [nox, "-s", *arguments] if arguments else [nox, "-l"]
    os.execve(nox, command, private_environment.environment())  # noqa: S606  our own program, no shell wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
