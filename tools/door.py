"""What `./dev` does once it has found a Python: sets up, then hands over to nox."""

import os
import signal
import sys

from tools import private_environment
from tools.private_environment import SetupError

NEEDS_TERRAFORM = frozenset({"local", "test", "e2e", "deploy", "destroy", "diff"})
HELP = "After this: . .venv/bin/activate, then the plain commands work: cdktf synth, cdktf deploy state-stack, ..."


def main(arguments: list[str]) -> int:
    """Set the private environment up and become nox.

    Args:
        arguments: session names, then `--` and what goes to the session.

    Returns:
        The exit code, where nox was not reached: 2 for what the user has to mend, 130 when interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end children in an orderly way, as on Ctrl-C
    try:
        private_environment.prepare()
        if NEEDS_TERRAFORM.intersection(arguments[:1]):
            private_environment.check_terraform()
    except SetupError as error:
        print(f"./dev: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\n./dev: stopped. Nothing is left running; the next run goes on from here.", file=sys.stderr)
        return 130
    if arguments == ["setup"]:
        print(f"The private environment is ready. {HELP}")
        return 0
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nox = str(private_environment.VENV / "bin" / "nox")
    os.execve(nox, [nox, "--error-on-missing-interpreters", *(["-s", *arguments] if arguments else ["-l"])], private_environment.environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
