"""Which rights each job of the workflows has, as the linter reads them; the linter itself checks pins and syntax."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.repository import ROOT

ENVIRONMENT = "./.github/workflows/environment.yml"
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
CREDENTIALS = "aws-actions/configure-aws-credentials"
READING = {"find", "plan"}
"""Jobs with credentials that change nothing in AWS."""
BAD = ("failure", "cancelled", "skipped")
"""What GitHub reports of a job that has not succeeded."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job, as `jactionlint --export-facts` describes it."""

    workflow: str
    facts: dict[str, Any]

    @property
    def scopes(self) -> dict[str, str]:
        scopes: dict[str, str] = self.facts["effective_permissions"]["scopes"]
        return scopes

    @property
    def called(self) -> str:
        return str(self.facts.get("uses", {}).get("uses", ""))

    @property
    def actions(self) -> list[str]:
        return [step["uses"].get("repository", "") for step in self.facts.get("steps", []) if "uses" in step]


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """All workflows."""
    done = subprocess.run(["jactionlint", "--export-facts"], cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert all(each["parsed"] for each in found["workflows"])
    return found


@pytest.fixture(scope="module")
def jobs(facts: dict[str, Any]) -> list[Job]:
    """All jobs of all workflows."""
    return [
        Job(workflow=workflow["path"].rsplit("/", 1)[1], facts=job)
        for workflow in facts["workflows"]
        for job in workflow["jobs"]
    ]


def of(jobs: list[Job], workflow: str) -> Iterator[Job]:
    return (each for each in jobs if each.workflow == workflow)


def commands(workflow: str) -> list[str]:
    """All commands of ours, in order."""
    text = (ROOT / workflow).read_text(encoding="utf-8")
    return re.findall(r"(?:\./dev|python3 -m) .*", text)


def test_no_workflow_runs_a_forks_code_with_the_repositorys_rights(facts: dict[str, Any]) -> None:
    events = {event["name"] for workflow in facts["workflows"] for event in workflow["events"]}
    assert events <= {"push", "pull_request", "schedule", "workflow_call", "workflow_dispatch"}


def test_a_fork_gets_no_credentials(jobs: list[Job]) -> None:
    with_rights = [each for each in of(jobs, "pull-request.yml") if "id-token" in each.scopes]
    assert len(with_rights) == 2
    assert all(SAME_REPOSITORY in each.facts["if"] for each in with_rights)


def test_credentials_are_the_roles_of_a_github_environment_and_never_keys(jobs: list[Job]) -> None:
    taking = [each for each in jobs if CREDENTIALS in each.actions]
    assert {each.workflow for each in taking} == {"environment.yml", "pull-request.yml", "leftovers.yml"}
    for job in taking:
        assert job.scopes["id-token"] == "write"
        assert job.facts["environment"]
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github").rglob("*.yml")]
    assert not any("secrets." in text or "aws-access-key-id" in text for text in texts)


def test_only_the_comment_may_write_and_it_has_neither_code_nor_credentials(jobs: list[Job]) -> None:
    writing = [
        each for each in jobs if "write" in {right for scope, right in each.scopes.items() if scope != "id-token"}
    ]
    assert [each.facts["id"] for each in writing] == ["comment"]
    assert writing[0].scopes == {"pull-requests": "write"}
    assert writing[0].actions == []


def test_jobs_that_change_an_environment_wait_for_each_other(jobs: list[Job]) -> None:
    changing = [each for each in jobs if CREDENTIALS in each.actions and each.facts["id"] not in READING]
    for job in changing:
        assert job.facts["concurrency"]["group"]["value"].startswith("environment-")
        assert job.facts["concurrency"]["cancel_in_progress"] == "false"
    assert len(changing) == 3


def test_prod_comes_after_the_checks_and_staging_in_the_environment_that_asks_for_approval(jobs: list[Job]) -> None:
    checks, staging, prod = of(jobs, "deploy.yml")

    assert checks.called == "./.github/workflows/checks.yml"
    assert (staging.called, prod.called) == (ENVIRONMENT, ENVIRONMENT)
    assert (staging.facts["needs"], prod.facts["needs"]) == (["checks"], ["staging"])
    for job, name, plan in ((staging, "staging", "staging"), (prod, "prod", "prod-plan")):
        inputs = {each["name"]: each["value"] for each in job.facts["uses"]["inputs"]}
        assert inputs == {"suffix": name, "github-environment": name, "plan-environment": plan}


def test_what_is_approved_is_a_plan_that_exists_already_and_no_other_is_deployed(jobs: list[Job]) -> None:
    plan, deploy = of(jobs, "environment.yml")
    assert (plan.facts["environment"]["value"], deploy.facts["environment"]["value"]) == (
        "${{ inputs.plan-environment }}",
        "${{ inputs.github-environment }}",
    )
    assert deploy.facts["needs"] == ["plan"]
    assert commands(ENVIRONMENT) == [
        "python3 -m tools.operations.current",
        "./dev diff data-stack compute-stack api-stack --summary plan.txt --digests digests.json",
        "python3 -m tools.operations.current",
        "./dev deploy data-stack compute-stack api-stack --approved digests.json",
        "./dev smoke",
    ]
    assert re.search(r"DIGESTS: \$\{\{ needs\.plan\.outputs\.digests \}\}", (ROOT / ENVIRONMENT).read_text())


def test_no_job_with_credentials_stores_files_because_a_plan_contains_keys(jobs: list[Job]) -> None:
    with_credentials = [each for each in jobs if CREDENTIALS in each.actions]
    assert not any("artifact" in action or "cache" in action for each in with_credentials for action in each.actions)


def test_an_advisory_service_that_does_not_answer_fails_at_night_only() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}
    assert [name for name, text in texts.items() if "--require-all" in text] == ["nightly.yml"]
    assert "./dev ${{ matrix.audit }} --require-all" in texts["nightly.yml"]


def test_a_plan_waits_for_a_deploy_but_not_for_one_that_waits_for_its_approval(jobs: list[Job]) -> None:
    plan, _ = of(jobs, "environment.yml")
    same = "inputs.plan-environment == inputs.github-environment"
    group = f"${{{{ {same} && 'environment' || 'plan' }}}}-${{{{ inputs.suffix }}}}"
    assert plan.facts["concurrency"]["group"]["value"] == group
    assert plan.facts["concurrency"]["cancel_in_progress"] == "false"


def test_no_role_has_to_change_what_holds_the_state_of_every_environment() -> None:
    deploying = [each.split() for each in commands(ENVIRONMENT) if "deploy" in each or "diff" in each]
    stacks = [[part for part in each if part.endswith("-stack")] for each in deploying]
    assert stacks == [["data-stack", "compute-stack", "api-stack"]] * 2


def test_the_required_check_has_no_twin_is_never_skipped_and_needs_all_others(
    facts: dict[str, Any], jobs: list[Job]
) -> None:
    gate, *others = of(jobs, "checks.yml")
    (events,) = [
        [event["name"] for event in each["events"]]
        for each in facts["workflows"]
        if each["path"].endswith("checks.yml")
    ]
    assert events == ["pull_request", "workflow_call"]
    names = [each.facts.get("name", {}).get("value") for each in jobs]
    assert names.count("all checks passed") == 1
    assert gate.facts["name"]["value"] == "all checks passed"
    assert gate.facts["if"] == "always()"
    assert set(gate.facts["needs"]) == {each.facts["id"] for each in others}
    assert not [each for each in others if "if" in each.facts]


@pytest.mark.parametrize(
    ("results", "code"), [("success success", 0), *((f"success {each} success", 1) for each in BAD)]
)
def test_the_required_check_passes_only_if_all_others_have_succeeded(results: str, code: int) -> None:
    text = (ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8")
    match = re.search(r"join\(needs\.\*\.result, ' '\) \}\}\n +run: \|\n(.*?)\n\n", text, re.DOTALL)
    assert match
    done = subprocess.run(["bash", "-e", "-c", match[1]], env={"RESULTS": results}, capture_output=True, check=False)
    assert done.returncode == code
