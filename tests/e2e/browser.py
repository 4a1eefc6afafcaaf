"""A headless Chromium for the page: which one, and the packages that drive it."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from shared.repository import ROOT
from tests.e2e.tools_required import missing

FOLDER: Final = ROOT / "tests" / "browser"
CHROME_VARIABLE: Final = "CHROME_PATH"
_INSTALLED: Final = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome")
_SECONDS: Final = 300


def drive(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run drive.mjs, and return what it saw; skips the test, or fails it, where there is no browser (`missing`).

    Args:
        job: see drive.mjs.
        folder: for what the browser unpacks and writes.
    """
    chrome = _chrome()
    node = _packages()
    environment = os.environ | {"TMPDIR": str(folder)}
    if chrome is None:
        environment["LD_LIBRARY_PATH"] = str(folder / "al2023" / "lib")
    done = subprocess.run(
        [node, "drive.mjs"],
        cwd=FOLDER,
        env=environment,
        input=json.dumps({**job, "chrome": chrome}),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def _chrome() -> str | None:
    """The browser's path; None is the package's own, which runs on Linux x86-64 only."""
    chosen = os.environ.get(CHROME_VARIABLE)
    if chosen:
        return chosen
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return None
    for name in _INSTALLED:
        if path := shutil.which(name):
            return path
    missing(
        "browser", f"there is no browser: {CHROME_VARIABLE} names none, and none of {', '.join(_INSTALLED)} is there"
    )
    raise AssertionError


def _packages() -> str:
    """Install what package-lock.json locks, unless it is there; returns Node's path."""
    node, npm = (_program(name) for name in ("node", "npm"))
    lock = (FOLDER / "package-lock.json").read_bytes()
    mark = FOLDER / "node_modules" / ".installed"
    digest = hashlib.sha256(lock).hexdigest()
    if not mark.exists() or mark.read_text(encoding="ascii") != digest:
        # No package may run code while it is installed.
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if done.returncode:
            missing("browser", f"`{' '.join(command)}` in tests/browser failed: {done.stderr.strip()[-500:]}")
        mark.write_text(digest, encoding="ascii")
    return node


def _program(name: str) -> str:
    """Of the toolchain, whose version is pinned; otherwise the PATH's."""
    own = ROOT / ".venv" / "bin" / name
    path = str(own) if own.exists() else shutil.which(name)
    if path is None:
        missing("browser", f"{name} is neither in .venv nor on the PATH: run ./dev setup")
        raise AssertionError
    return path
