"""What every command does that runs in a local cloud of its own: how it ends, and what it says then."""

import errno
import os
import sys
from collections.abc import Callable, Mapping
from typing import Final

from local.deployment.environment import forget_aws
from local.processes.interrupts import InterruptedRunError, interruptible
from tools.errors import ToolError
from tools.terminal import Terminal

_WAYS_OUT: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "The disk is full: free some space, then try again."),
    **dict.fromkeys((errno.EACCES, errno.EROFS), "Use a clone of your own, on a writable disk."),
}


def run_command(work: Callable[[Terminal, Mapping[str, str]], None]) -> int:
    """Run a command without the user's AWS settings; errors that a user can do something about are said.

    Args:
        work: is given the terminal, and the user's environment variables.

    Returns:
        0; 1 if something failed; 130 or 143 when interrupted.

    Raises:
        OSError: one that no user can do anything about.
    """
    out, user = Terminal.of_stdout(), dict(os.environ)
    forget_aws(os.environ)
    try:
        with interruptible():
            work(out, user)
            return 0
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr)
    except OSError as error:
        if error.errno not in _WAYS_OUT:
            raise
        print(f"\n{error.filename}: {error.strerror}. {_WAYS_OUT[error.errno]}", file=sys.stderr)
    return 1
