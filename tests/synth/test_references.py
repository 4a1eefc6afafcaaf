"""Stacks pass references to each other, and each has a state of its own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.infra.settings.settings import read_settings
from tests.synth.synthesis import Synthesis, settings_of, synthesize

# Stack -> the stacks whose outputs it reads.
READS = {
    "state-stack": set[str](),
    "data-stack": set[str](),
    "compute-stack": {"data-stack"},
    "api-stack": {"data-stack", "compute-stack"},
}


READ_OUTPUT = re.compile(r"terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)")


def remote_states(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    prefix = "cross-stack-reference-input-"
    states: dict[str, dict[str, Any]] = stack.get("data", {}).get("terraform_remote_state", {})
    return {name.removeprefix(prefix): state["config"] for name, state in states.items()}


def test_stacks_read_the_stacks_below_them(environment: Synthesis) -> None:
    assert {name: set(remote_states(stack)) for name, stack in environment.stacks.items()} == READS


def test_every_output_that_a_stack_reads_is_one_of_the_other_stack(environment: Synthesis) -> None:
    for name, below in READS.items():
        read = set(READ_OUTPUT.findall(json.dumps(environment.stacks[name]["resource"])))
        assert {other for other, _ in read} == below
        assert [
            f"{other}: {output}" for other, output in read if output not in environment.stacks[other]["output"]
        ] == []


def test_every_other_stack_is_deployed_after_the_state_stack(environment: Synthesis) -> None:
    manifest = json.loads((environment.output / "manifest.json").read_text())["stacks"]
    order = {name: set(each["dependencies"]) for name, each in manifest.items()}
    assert order == {name: below | ({"state-stack"} - {name}) for name, below in READS.items()}


def test_state_is_in_the_bucket_locked_and_encrypted_one_key_for_each_stack(environment: Synthesis) -> None:
    for name in ("data-stack", "compute-stack", "api-stack"):
        assert environment.stacks[name]["terraform"]["backend"] == {
            "s3": {
                "bucket": "txn-state-123456789012-eu-central-1",
                "dynamodb_table": "txn-state-lock",
                "encrypt": True,
                "key": f"{environment.suffix}/{name}.tfstate",
                "region": "eu-central-1",
            }
        }


def test_a_stack_reads_another_ones_state_where_that_one_writes_it(environment: Synthesis) -> None:
    for stack in environment.stacks.values():
        for other, config in remote_states(stack).items():
            backend = environment.stacks[other]["terraform"]["backend"]["s3"]
            assert (config["bucket"], config["key"]) == (backend["bucket"], backend["key"])


def test_the_backend_is_in_the_bucket_and_table_that_the_state_stack_makes(dev: Synthesis) -> None:
    made = {each.type: each.body for each in dev.all() if each.stack == "state-stack"}
    backend = dev.stacks["data-stack"]["terraform"]["backend"]["s3"]
    assert made["aws_s3_bucket"]["bucket"] == backend["bucket"]
    assert made["aws_dynamodb_table"]["name"] == backend["dynamodb_table"]
    assert made["aws_dynamodb_table"]["hash_key"] == "LockID"


def test_the_state_stack_keeps_its_own_state_in_a_file_by_account_and_region(environment: Synthesis) -> None:
    path = "../../../.local/state/123456789012-eu-central-1/state-stack.tfstate"
    assert environment.stacks["state-stack"]["terraform"]["backend"] == {"local": {"path": path}}


def test_the_local_environment_keeps_all_state_in_files(local: Synthesis) -> None:
    paths = {name: stack["terraform"]["backend"]["local"]["path"] for name, stack in local.stacks.items()}
    assert paths == {
        "state-stack": "../../../.local/state/000000000000-eu-central-1/state-stack.tfstate",
        "data-stack": "../../../.local/state/local/data-stack.tfstate",
        "compute-stack": "../../../.local/state/local/compute-stack.tfstate",
        "api-stack": "../../../.local/state/local/api-stack.tfstate",
    }


def test_state_in_the_local_clouds_s3_is_read_and_written_with_made_up_keys(tmp_path: Path) -> None:
    url = "http://127.0.0.1:4566"
    settings = read_settings({"ENVIRONMENT_SUFFIX": "one", "TXN_SETTINGS": "local-s3", "AWS_ENDPOINT_URL": url})
    stacks = synthesize(settings, tmp_path).stacks
    backend = stacks["data-stack"]["terraform"]["backend"]["s3"]
    assert set(backend["endpoints"].values()) == {url}
    assert backend["key"] == "one/data-stack.tfstate"
    assert (backend["access_key"], backend["secret_key"], backend["use_path_style"]) == ("test", "test", True)
    assert remote_states(stacks["api-stack"])["data-stack"] == backend
    assert "local" in stacks["state-stack"]["terraform"]["backend"]


def test_on_aws_the_backend_skips_no_check(environment: Synthesis) -> None:
    backend = environment.stacks["data-stack"]["terraform"]["backend"]["s3"]
    assert not [key for key in backend if key.startswith(("skip_", "endpoint", "use_path_style", "access_key"))]


def test_outputs_for_people_are_described_and_hold_no_api_key(environment: Synthesis) -> None:
    for stack in environment.stacks.values():
        for name, output in stack.get("output", {}).items():
            if not name.startswith("cross-stack-output-"):
                assert output["description"], name
                assert ".value" not in json.dumps(output["value"]), name


def test_people_find_url_bucket_topic_state_machine_queue_and_key_ids(environment: Synthesis) -> None:
    names = {name for stack in environment.stacks.values() for name in stack.get("output", {})}
    assert names >= {
        "api_url",
        "api_key_ids",
        "reports_bucket",
        "outcomes_topic_arn",
        "alarms_topic_arn",
        "urgent_alarms_topic_arn",
        "dead_letter_queue_url",
        "event_dead_letter_queue_url",
        "undelivered_queue_url",
        "state_machine_arn",
        "large_state_machine_arn",
    }


@pytest.mark.parametrize("suffix", ["dev", "local"])
def test_two_clones_synthesize_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    outputs = [synthesize(settings_of(suffix), tmp_path / clone).output for clone in ("one", "other")]
    one, other = (
        {path.relative_to(out): path.read_bytes() for path in out.rglob("*.*") if path.is_file()} for out in outputs
    )
    assert one == other
