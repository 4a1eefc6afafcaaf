"""The environment variables of a function, read once at its cold start."""

import os
from collections.abc import Mapping


class SettingsError(Exception):
    """The function was deployed without a variable that it requires."""


def require(*names: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Read environment variables, by name.

    Raises:
        SettingsError: variables are missing or empty; the message names all of them.
    """
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise SettingsError(f"environment variables missing: {', '.join(missing)}; the compute stack sets them")
    return {name: environ[name] for name in names}
