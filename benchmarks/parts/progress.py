"""Says what is being done, on the error stream: results alone go to the other."""

import sys


def progress(text: str) -> None:
    """Show a line in the place of the one before; an empty one clears it."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr)
