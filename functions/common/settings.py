"""The environment of a function, read once at its cold start."""

import os
from collections.abc import Mapping


class SettingsError(Exception):
    """The function was deployed without a variable that it needs."""


def require(*names: str, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Read environment variables, in the order asked for.

    Raises:
        SettingsError: names all of them that are missing or empty.
    """
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise SettingsError(f"environment variables missing: {', '.join(missing)}; the compute stack sets them")
    return tuple(environ[name] for name in names)
