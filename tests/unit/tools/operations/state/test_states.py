"""Reads what a state holds and protects, and what a stack needs, protects and found."""

import json
from pathlib import Path
from typing import Any

from tests.unit.tools.operations.fake_stacks import stack
from tools.operations.cdktf.assembly import read_stacks
from tools.operations.state.states import NOTHING, parse_state, read_state


def resource(type_: str, *, mode: str = "managed", **attributes: Any) -> dict[str, Any]:
    return {"mode": mode, "type": type_, "name": "x", "instances": [{"attributes": attributes}]}


def state(*resources: dict[str, Any], **outputs: dict[str, Any]) -> bytes:
    return json.dumps({"version": 4, "resources": resources, "outputs": outputs}).encode()


def test_what_is_deployed_has_its_address_and_what_is_only_read_does_not_count() -> None:
    known = parse_state(state(resource("aws_sqs_queue"), resource("aws_x", mode="data"))).resources
    assert known == {"aws_sqs_queue.x"}
    assert parse_state(state()) == NOTHING


def test_the_value_of_a_secret_output_is_not_kept() -> None:
    outputs = parse_state(state(key={"value": "k", "sensitive": True}, url={"value": "u"})).outputs
    assert outputs == {"key": None, "url": "u"}


def test_tables_and_buckets_that_are_protected_are_named() -> None:
    kept = state(
        resource("aws_dynamodb_table", deletion_protection_enabled=True), resource("aws_s3_bucket", force_destroy=False)
    )
    assert parse_state(kept).protected == ("aws_dynamodb_table.x", "aws_s3_bucket.x")
    free = state(
        resource("aws_dynamodb_table", deletion_protection_enabled=False), resource("aws_s3_bucket", force_destroy=True)
    )
    assert not parse_state(free).protected


def test_a_missing_state_file_is_an_empty_state() -> None:
    assert read_state(stack("data-stack")) == NOTHING


def test_stacks_come_in_order_with_what_they_read_and_protect_and_find(tmp_path: Path) -> None:
    bucket = {"aws_s3_bucket": {"kept": {"lifecycle": {"prevent_destroy": True}}, "free": {}}}
    name = "${data.terraform_remote_state.cross-stack-reference-input-data-stack.outputs.cross-stack-output-aws_x.y-1z}"
    contents: dict[str, tuple[dict[str, Any], list[str]]] = {
        "api-stack": ({"resource": {"aws_q": {"q": {"name": name}}}}, ["data-stack"]),
        "data-stack": ({"resource": bucket, "import": [{"to": "aws_s3_bucket.kept", "id": "b"}]}, []),
    }
    manifest = {}
    for id_, (content, dependencies) in contents.items():
        folder = tmp_path / "stacks" / id_
        folder.mkdir(parents=True)
        backend = {"backend": {"local": {"path": "../state"}}}
        (folder / "cdk.tf.json").write_text(json.dumps(content | {"terraform": backend}))
        manifest[id_] = {
            "dependencies": dependencies,
            "workingDirectory": f"stacks/{id_}",
            "synthesizedStackPath": f"stacks/{id_}/cdk.tf.json",
        }
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": manifest}))
    data, api = read_stacks(tmp_path)
    assert (data.id, data.protected) == ("data-stack", ("aws_s3_bucket.kept",))
    assert data.existing == {"aws_s3_bucket.kept"}
    assert not api.existing
    assert api.reads == {"data-stack": {"cross-stack-output-aws_x.y-1z"}}
    (tmp_path / "stacks" / "state").write_bytes(state(resource("aws_sqs_queue")))
    assert read_state(api).resources == {"aws_sqs_queue.x"}
