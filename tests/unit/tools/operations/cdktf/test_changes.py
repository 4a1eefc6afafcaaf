"""A digest stands for what a plan changes, and nothing confidential is in a plan's text."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.operations.cdktf.changes import MASK, read_changes

TABLE = {
    "address": "aws_dynamodb_table.a",
    "type": "aws_dynamodb_table",
    "change": {
        "actions": ["update"],
        "before": {"name": "txn", "tags": {"Owner": "a", "Cost": "b"}, "billing": "PROVISIONED", "read": "10:02"},
        "after": {"name": "txn", "tags": {"Owner": "a", "Cost": "b"}, "billing": "PAY_PER_REQUEST", "read": "10:02"},
        "after_unknown": {"arn": True, "tags": {}, "ttl": [{"enabled": False}]},
        "before_sensitive": {"tags": {}},
        "after_sensitive": {"tags": {}},
    },
}
QUEUE = {
    "address": "aws_sqs_queue.b",
    "type": "aws_sqs_queue",
    "change": {"actions": ["create"], "before": None, "after": {"name": "dead"}, "after_unknown": {"url": True}},
}
UNTOUCHED = {
    "address": "aws_sqs_queue.c",
    "type": "aws_sqs_queue",
    "change": {"actions": ["no-op"], "before": {"name": "c"}, "after": {"name": "c"}, "after_unknown": {}},
}
ARN = {"actions": ["create"], "before": None, "after_unknown": True}
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "timestamp": "2026-11-28T10:00:00Z",
    "resource_changes": [TABLE, QUEUE, UNTOUCHED],
    "output_changes": {"queue-arn": ARN, "table-name": {"actions": ["no-op"], "before": "txn", "after": "txn"}},
}


def digest(plan: dict[str, Any]) -> str:
    return read_changes(plan).digest


def edited(*path: str | int, value: Any) -> dict[str, Any]:
    plan = copy.deepcopy(PLAN)
    part: Any = plan
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return plan


@given(st.permutations(PLAN["resource_changes"]))
def test_the_same_changes_have_one_digest_in_any_order_at_any_time_by_any_terraform(resources: list[Any]) -> None:
    plan = {**PLAN, "resource_changes": resources}
    plan |= {"timestamp": "2026-11-28T11:00:00Z", "terraform_version": "1.15.5", "resource_drift": [UNTOUCHED]}
    plan = {name: plan[name] for name in reversed(plan)}
    assert digest(plan) == digest(PLAN)


@pytest.mark.parametrize("unknown", [{"arn": True}, {"arn": True, "ttl": [], "name": False}])
def test_what_is_known_may_be_marked_as_not_unknown_in_any_way(unknown: Any) -> None:
    assert digest(edited("resource_changes", 0, "change", "after_unknown", value=unknown)) == digest(PLAN)


def test_an_attribute_that_stays_is_no_part_of_the_change() -> None:
    later = edited("resource_changes", 0, "change", "before", "read", value="10:30")
    later["resource_changes"][0]["change"]["after"]["read"] = "10:30"
    assert digest(later) == digest(PLAN)


@pytest.mark.parametrize(
    "changed",
    [
        edited("resource_changes", 0, "change", "after", "billing", value="PROVISIONED "),
        edited("resource_changes", 0, "change", "before", "billing", value="OTHER"),
        edited("resource_changes", 0, "change", "after_unknown", "stream", value=True),
        edited("resource_changes", 0, "change", "actions", value=["delete", "create"]),
        edited("resource_changes", 0, "change", "importing", value={"id": "txn"}),
        edited("resource_changes", 1, "address", value="aws_sqs_queue.other"),
        edited("resource_changes", 1, "deposed", value="1234"),
        edited("resource_changes", value=[TABLE]),
        edited("resource_changes", 2, "change", "importing", value={"id": "c"}),
        edited("output_changes", "table-name", "actions", value=["update"]),
    ],
)
def test_any_other_change_has_another_digest(changed: dict[str, Any]) -> None:
    assert digest(changed) != digest(PLAN)


def test_the_outputs_that_change_are_known() -> None:
    assert read_changes(PLAN).outputs == {"queue-arn"}


def resource(type_: str, side: str, **values: Any) -> dict[str, Any]:
    other = "after" if side == "before" else "before"
    return {
        "address": f"{type_}.a",
        "type": type_,
        "change": {"actions": ["create" if side == "after" else "delete"], side: values, other: None},
    }


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40)
SIDES = st.sampled_from(["before", "after"])


@given(secret=TEXTS, side=SIDES, nested=st.booleans(), before=TEXTS, after=TEXTS)
def test_a_sensitive_value_is_masked_wherever_it_is_printed(
    secret: str, side: str, *, nested: bool, before: str, after: str
) -> None:
    planned = resource("aws_api_gateway_api_key", side, value={"deep": ["x", secret]} if nested else secret)
    planned["change"][f"{side}_sensitive"] = {"value": {"deep": [False, True]} if nested else True}
    written = json.dumps(secret, ensure_ascii=False)  # as Terraform writes it
    text = read_changes({"resource_changes": [planned]}).mask([f"  + other = {written}", f"{before}{secret}{after}"])
    assert secret not in "\n".join(text).replace(MASK, "")
    assert text[0] == f'  + other = "{MASK}"'


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    ("type_", "attribute", "value"),
    [
        ("aws_sns_topic_subscription", "endpoint", "a@b.de"),
        ("aws_sns_topic_subscription", "endpoint", "https://partner.example/outcomes"),
        ("aws_api_gateway_usage_plan_key", "value", "k3yk3yk3yk3yk3yk3yk3y"),
    ],
)
def test_contacts_and_keys_that_terraform_would_print_are_masked(
    type_: str, attribute: str, value: str, side: str
) -> None:
    plan = {"resource_changes": [resource(type_, side, **{attribute: value, "id": "1"})]}
    assert read_changes(plan).mask([f'{attribute} = "{value}"', "id = 1"]) == [f'{attribute} = "{MASK}"', "id = 1"]


def test_what_changed_outside_of_terraform_is_masked_too() -> None:
    drift = resource("aws_sns_topic_subscription", "before", endpoint="ops@nordbank.example")
    assert read_changes({"resource_drift": [drift]}).mask(["to ops@nordbank.example"]) == [f"to {MASK}"]


def test_each_line_of_a_sensitive_text_is_masked_and_so_is_a_sensitive_output() -> None:
    output = {"actions": ["create"], "before": None, "after": "first line\nsecond line", "after_sensitive": True}
    changes = read_changes({"output_changes": {"text": output}})
    assert changes.mask(["  first line", "  second line", "  third"]) == [f"  {MASK}", f"  {MASK}", "  third"]
