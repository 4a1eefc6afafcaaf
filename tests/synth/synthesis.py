"""Synthesizes the whole app in this process, and reads what came out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.infra.settings.settings import Settings
from tools import synthesis as synthesizing
from tools.synthesis import ACCOUNT, settings_of

__all__ = ["ACCOUNT", "DOMAIN", "Resource", "Synthesis", "settings_of", "synthesize"]

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


def synthesize(settings: Settings, root: Path) -> Synthesis:
    """Synthesize all stacks of an environment into `root/cdktf.out`, as if `root` were the repository."""
    stacks = synthesizing.synthesize(settings, root)
    return Synthesis(suffix=settings.suffix, output=root / "cdktf.out", stacks=stacks)
