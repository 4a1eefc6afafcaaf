"""Synthesizes the whole app in this process, and reads what came out."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import main
from shared.contracts.functions import FunctionName
from shared.infra.app import App
from shared.infra.settings.settings import Settings, read_settings

ACCOUNT = "123456789012"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b"
DOMAIN = {"domain": "reports.example.com", "certificate_arn": CERTIFICATE}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as Terraform will read it."""

    stack: str
    type: str
    id: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        return f"{self.type}.{self.id}"


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """All stacks of one environment; `stacks` maps the stack's id to its `cdk.tf.json`."""

    suffix: str
    output: Path
    stacks: Mapping[str, dict[str, Any]]

    def all(self) -> Iterator[Resource]:
        """Every resource of every stack."""
        for stack, content in self.stacks.items():
            for type_, resources in content["resource"].items():
                for id_, body in resources.items():
                    yield Resource(stack=stack, type=type_, id=id_, body=body)

    def of(self, type_: str) -> list[Resource]:
        """Every resource of a type."""
        return [each for each in self.all() if each.type == type_]

    def one(self, type_: str, part: str = "") -> Resource:
        """The one resource of a type whose id begins with `part`."""
        (resource,) = [each for each in self.of(type_) if each.id.startswith(part)]
        return resource


def settings_of(suffix: str, **changes: Any) -> Settings:
    """Settings of an environment as the repository has them, for a made-up account."""
    settings = read_settings({"ENVIRONMENT_SUFFIX": suffix})
    return settings.model_copy(update={"account_id": settings.account_id or ACCOUNT} | changes)


def fake_packages(folder: Path) -> dict[FunctionName, Path]:
    """A tiny ZIP for each function, with the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    packages = {name: folder / f"{name}.zip" for name in FunctionName}
    for name, path in packages.items():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(f"functions/{name}/handler.py"), f"# {name}\n")
    return packages


def synthesize(settings: Settings, root: Path) -> Synthesis:
    """Synthesize all stacks of an environment into `root/cdktf.out`, as if `root` were the repository."""
    output = root / "cdktf.out"
    root.mkdir(exist_ok=True)
    settings = settings.model_copy(update={"state_directory": root / ".local" / "state"})
    app = App(outdir=str(output))
    main.build(app, settings=settings, packages=fake_packages(root / "build"))
    app.synth()
    files = sorted((output / "stacks").glob("*/cdk.tf.json"))
    stacks = {path.parent.name: json.loads(path.read_text()) for path in files}
    return Synthesis(suffix=settings.suffix, output=output, stacks=stacks)
