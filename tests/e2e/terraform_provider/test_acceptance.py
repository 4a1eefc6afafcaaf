"""Each resource type is created, changed, imported and destroyed, with an empty plan after each step."""

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from terraform_provider.registry import RESOURCE_TYPES
from tests.e2e.terraform_provider.cases import Case, compute, messages, rest_api, storage
from tests.e2e.terraform_provider.inventory import inventory
from tests.e2e.terraform_provider.terraform import Cloud, Terraform

pytestmark = pytest.mark.e2e

CASES = (*storage.CASES, *messages.CASES, *compute.CASES, *rest_api.CASES)


@pytest.fixture
def terraform(cloud: Cloud, tmp_path: Path) -> Terraform:
    return Terraform(folder=tmp_path, cloud=cloud)


def test_every_type_has_a_case() -> None:
    covered = {name for case in CASES for form in (case.first, case.second) for name in form["resource"]}
    assert covered == RESOURCE_TYPES.keys()


def _import_id(resource: Mapping[str, Any]) -> str:
    template = RESOURCE_TYPES[resource["type"]].import_id
    values: dict[str, Any] = resource["values"]
    return string.Formatter().vformat(template, (), values) if template else str(values["id"])


def _import_blocks(resources: list[dict[str, Any]], case: Case) -> list[dict[str, str]]:
    return [
        {"to": resource["address"], "id": _import_id(resource)}
        for resource in resources
        if resource["type"] not in case.not_imported
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_resources_are_created_changed_imported_and_destroyed(case: Case, terraform: Terraform) -> None:
    before = inventory(terraform.cloud)
    compute.write_archive(terraform.cloud.assets)
    terraform.configure(case.first)
    terraform.run("init", "-no-color", "-input=false")
    terraform.apply()
    terraform.plan()

    terraform.configure(case.second)
    changes = terraform.planned_changes()
    assert {change.type for change in changes if "delete" in change.actions} == case.replaced
    terraform.run("apply", "-no-color", "plan")
    terraform.plan()

    blocks = _import_blocks(terraform.resources(), case)
    terraform.run("state", "rm", *(block["to"] for block in blocks))
    terraform.configure({**case.second, "import": blocks})
    changes = terraform.planned_changes()
    assert [change for change in changes if change.actions != ("update",)] == []
    assert {f"{change.type}.{name}" for change in changes for name in change.attributes} == case.after_import
    applied = terraform.run("apply", "-no-color", "plan")
    assert f"{len(blocks)} imported, 0 added, {len(changes)} changed, 0 destroyed" in applied
    terraform.plan()

    terraform.run("destroy", "-auto-approve", "-no-color", "-input=false")
    assert inventory(terraform.cloud) == before
