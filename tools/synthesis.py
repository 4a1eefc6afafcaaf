"""Synthesizes an environment in this process, without packages, network or credentials."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import main
from shared.contracts.functions import FunctionName
from shared.infra.app import App
from shared.infra.settings.settings import SUFFIX_VARIABLE, Settings, read_settings

ACCOUNT: Final = "123456789012"
"""A made-up account: synth only puts it into names."""

Stacks = Mapping[str, dict[str, Any]]
"""Content of each stack's `cdk.tf.json`, by the stack's id."""


def settings_of(suffix: str, **changes: Any) -> Settings:
    """Settings of an environment as the repository has them, for a made-up account."""
    settings = read_settings({SUFFIX_VARIABLE: suffix})
    return settings.model_copy(update={"account_id": settings.account_id or ACCOUNT} | changes)


def made_up_packages(folder: Path) -> dict[FunctionName, Path]:
    """A tiny ZIP for each function, with the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    packages = {name: folder / f"{name}.zip" for name in FunctionName}
    for name, path in packages.items():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(f"functions/{name}/handler.py"), f"# {name}\n")
    return packages


def synthesize(settings: Settings, root: Path) -> Stacks:
    """Synthesize all stacks of an environment into `root/cdktf.out`, as if `root` were the repository."""
    output = root / "cdktf.out"
    root.mkdir(exist_ok=True)
    settings = settings.model_copy(update={"state_directory": root / ".local" / "state"})
    app = App(outdir=str(output))
    main.build(app, settings=settings, packages=made_up_packages(root / "build"))
    app.synth()
    files = sorted((output / "stacks").glob("*/cdk.tf.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in files}
