"""Settings files, and the error of reading one."""

from pathlib import Path

import pytest

from shared.infra.settings.settings import SettingsError, read_settings

VALID = {
    "region": '"eu-central-1"',
    "cost_center": '"payments"',
    "repository": '"transaction-pipeline"',
    "backend": '"s3"',
    "protect_data": "false",
}


def repository(folder: Path, *, name: str = "default", extra: str = "", **changes: str | None) -> Path:
    """A repository with one settings file; a change of None leaves the key out."""
    (folder / "environments").mkdir(exist_ok=True)
    lines = [f"{key} = {value}" for key, value in (VALID | changes).items() if value is not None]
    (folder / "environments" / f"{name}.toml").write_text("\n".join([*lines, extra]), encoding="utf-8")
    return folder


def message(root: Path, **variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings(variables, root=root)
    return str(caught.value)
