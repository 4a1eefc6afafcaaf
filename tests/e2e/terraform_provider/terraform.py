"""Real Terraform in a test's folder."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloud import clients

NO_CHANGE, CHANGE = 0, 2
"""Exit codes of `terraform plan -detailed-exitcode`."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """What Terraform needs to reach the local cloud, and clients that reach it without Terraform."""

    clients: clients.Cloud
    assets: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PlannedChange:
    """One resource of a plan: "create", "update" or "delete", and the attributes that will differ."""

    address: str
    type: str
    actions: tuple[str, ...]
    attributes: frozenset[str]


def _planned_change(document: Mapping[str, Any]) -> PlannedChange:
    change = document["change"]
    before, after = change["before"] or {}, change["after"] or {}
    unknown = {name for name, value in (change["after_unknown"] or {}).items() if value is True}
    known = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return PlannedChange(
        address=document["address"],
        type=document["type"],
        actions=tuple(change["actions"]),
        attributes=frozenset(known - unknown),
    )


def _errors(output: str) -> str:
    """The end of what Terraform printed, from its first error on."""
    return output[max(output.find("Error: "), 0) :]


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """One folder with one configuration and one state."""

    folder: Path
    cloud: Cloud

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Write the configuration over the previous one."""
        provider = {
            "aws": {"region": self.cloud.environment["AWS_REGION"], "default_tags": {"tags": {"Owner": "tests"}}}
        }
        required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "6.25.0"}}}
        document = {"terraform": required, "provider": provider, **configuration}
        (self.folder / "main.tf.json").write_text(json.dumps(document, indent=1))

    def run(self, *arguments: str, expected: int = 0) -> str:
        """Run Terraform; returns its output."""
        result = subprocess.run(
            [self.cloud.environment["TERRAFORM_BINARY_NAME"], *arguments],
            cwd=self.folder,
            env=self.cloud.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert result.returncode == expected, f"terraform {' '.join(arguments)}\n{_errors(result.stdout)}"
        return result.stdout

    def apply(self) -> str:
        """Apply the configuration."""
        return self.run("apply", "-auto-approve", "-no-color", "-input=false")

    def plan(self, *, expected: int = NO_CHANGE) -> str:
        """Plan; by default nothing must change."""
        return self.run("plan", "-detailed-exitcode", "-no-color", "-input=false", expected=expected)

    def planned_changes(self) -> list[PlannedChange]:
        """What an apply would change."""
        self.run("plan", "-out=plan", "-no-color", "-input=false")
        shown = json.loads(self.run("show", "-json", "plan"))
        changes = [_planned_change(one) for one in shown.get("resource_changes", [])]
        return [change for change in changes if change.actions != ("no-op",)]

    def resources(self) -> list[dict[str, Any]]:
        """The resources of the state: address, type and values of each."""
        shown = json.loads(self.run("show", "-json"))
        found: list[dict[str, Any]] = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return found
