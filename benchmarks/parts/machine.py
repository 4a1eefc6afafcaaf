"""What a measurement was made on, in words that name no machine."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_CPU_INFO: Final = Path("/proc/cpuinfo")


def facts() -> str:
    """Interpreter, system, processor, cores."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores"


def _processor() -> str:
    if _CPU_INFO.exists():
        for line in _CPU_INFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(": ")[2]
    return platform.processor() or "unnamed processor"


def version_of(package: str) -> str:
    """A distribution's version, or an empty text where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
