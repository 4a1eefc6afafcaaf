"""The Python on which the functions run, and when AWS ends each: the only place that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

RUNTIME: Final = "python3.11"
"""Lambda's identifier."""
PYTHON_VERSION: Final = RUNTIME.removeprefix("python")


@dataclass(frozen=True, kw_only=True)
class End:
    """When AWS ends a runtime, step by step; what runs goes on running."""

    deprecated: date
    """From then on there are no security updates, and no support."""
    no_new_functions: date
    """From then on no environment can be deployed for the first time."""
    no_updates: date
    """From then on no function can be changed."""


SOURCE: Final = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
READ_ON: Final = date(2026, 11, 28)
"""AWS moves the dates."""
ENDS: Final[Mapping[str, End]] = {
    "python3.11": End(deprecated=date(2027, 6, 30), no_new_functions=date(2027, 7, 31), no_updates=date(2027, 8, 31)),
    "python3.12": End(deprecated=date(2028, 10, 31), no_new_functions=date(2028, 11, 30), no_updates=date(2029, 1, 10)),
    "python3.13": End(deprecated=date(2029, 6, 30), no_new_functions=date(2029, 7, 31), no_updates=date(2029, 8, 31)),
}
"""As `SOURCE` had them on `READ_ON`."""
