"""What the app is doing: lines for the program that runs `cdktf synth`, which passes them through as they come.

Only where that program asks for them, so that the output of a plain `cdktf synth` stays as short as it is.
"""

import os
from collections.abc import Mapping
from typing import Final

PROGRESS_VARIABLE: Final = "TXN_PROGRESS"
"""Environment variable that asks for the lines; any value does."""
_MARK: Final = "progress: "


def report_progress(doing: str, variables: Mapping[str, str] = os.environ) -> None:
    """Print what the app is doing now, if that was asked for."""
    if variables.get(PROGRESS_VARIABLE):
        print(f"{_MARK}{doing}", flush=True)  # noqa: T201  it is for the program that reads this one's output


def progress_in(line: str) -> str | None:
    """What the app is doing, if a line of output says so; cdktf repeats the lines of a failed app, indented."""
    text = line.strip()
    return text.removeprefix(_MARK) if text.startswith(_MARK) else None
