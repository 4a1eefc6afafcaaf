"""Tools that some tests need and not every machine has: without them the tests are skipped, unless required."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

import pytest

REQUIRE_VARIABLE: Final = "TXN_REQUIRE"
"""Names of tools, separated by commas, such as `java,go,browser`: where one is missing, its tests fail."""


def missing(tool: str, reason: str) -> None:
    """Skip the test, or fail it if `TXN_REQUIRE` names the tool."""
    if tool in os.environ.get(REQUIRE_VARIABLE, "").split(","):
        pytest.fail(f"{REQUIRE_VARIABLE} asks for {tool}, but {reason}")
    pytest.skip(reason)


def need(tool: str, *, ask: Sequence[str], pattern: str, least: tuple[int, ...]) -> str:
    """The path of a program of at least this version; otherwise see `missing`.

    Args:
        tool: the program's name, also in `TXN_REQUIRE`.
        ask: its arguments that print the version.
        pattern: finds the version in what it prints; its groups are numbers.
        least: the version.
    """
    path = shutil.which(tool)
    if path is None:
        missing(tool, f"{tool} is not on the PATH; {_text(least)} or newer is needed")
        raise AssertionError
    command = [path, *ask]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    version = tuple(map(int, found.groups())) if found else ()
    if version < least:
        missing(
            tool, f"`{' '.join(command)}` shows version {_text(version) or 'none'}; {_text(least)} or newer is needed"
        )
    return path


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
