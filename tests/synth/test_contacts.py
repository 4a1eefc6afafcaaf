"""A bank with a contact is notified of its own uploads' outcomes, operators of alarms; others have no subscription."""

import json
from pathlib import Path

import pytest

from tests.synth.conftest import CONTACTS, ON_CALL, OPERATORS
from tests.synth.synthesis import Resource, Synthesis, settings_of, synthesize


def of_operators(synthesis: Synthesis) -> dict[str, Resource]:
    """Subscriptions of operators by endpoint."""
    found = (each for each in synthesis.of("aws_sns_topic_subscription") if each.id.startswith("operators_"))
    return {each.body["endpoint"]: each for each in found}


@pytest.mark.parametrize(
    ("bank_id", "protocol", "raw"),
    [("alpenbank", "email", False), ("bayside", "https", False), ("nordbank", "sqs", True)],
)
def test_a_bank_is_notified_of_its_own_uploads_only(
    notified: Synthesis, bank_id: str, protocol: str, *, raw: bool
) -> None:
    subscription = notified.one("aws_sns_topic_subscription", f"contacts_{bank_id}").body
    assert (subscription["protocol"], subscription["endpoint"]) == (protocol, CONTACTS[bank_id])
    assert json.loads(subscription["filter_policy"]) == {"bank_id": [bank_id]}
    assert subscription["topic_arn"] == f"${{{notified.one('aws_sns_topic', 'outcomes').address}.arn}}"
    assert subscription["raw_message_delivery"] is raw


def test_what_cannot_be_delivered_is_kept_of_banks_and_operators(notified: Synthesis) -> None:
    policy = notified.one("aws_sqs_queue_policy", "undelivered").address
    for subscription in notified.of("aws_sns_topic_subscription"):
        redrive = json.loads(subscription.body["redrive_policy"])
        assert redrive == {"deadLetterTargetArn": f"${{{notified.one('aws_sqs_queue', 'undelivered').address}.arn}}"}
        assert policy in subscription.body["depends_on"]  # or SNS could not send what fails in between


def test_a_subscription_outlives_the_api_so_it_need_not_be_confirmed_again(notified: Synthesis) -> None:
    assert {each.stack for each in notified.of("aws_sns_topic_subscription")} == {"data-stack"}


def test_a_bank_without_a_contact_has_no_subscription(notified: Synthesis, dev: Synthesis) -> None:
    assert len(notified.of("aws_sns_topic_subscription")) == len(CONTACTS) + len(OPERATORS) + len(ON_CALL)
    assert dev.of("aws_sns_topic_subscription") == []


@pytest.mark.parametrize(("address", "protocol"), list(zip(OPERATORS, ("email", "https", "sqs"), strict=True)))
def test_operators_are_notified_of_every_alarm(notified: Synthesis, address: str, protocol: str) -> None:
    subscription = of_operators(notified)[address].body
    assert subscription["protocol"] == protocol
    assert subscription["topic_arn"] == f"${{{notified.one('aws_sns_topic', 'alarms').address}.arn}}"
    assert "filter_policy" not in subscription


def test_who_is_on_call_is_notified_of_the_urgent_alarms(notified: Synthesis) -> None:
    found = [each.body for each in notified.of("aws_sns_topic_subscription") if each.id.startswith("on-call_")]
    assert {each["endpoint"] for each in found} == set(ON_CALL)
    topic = notified.one("aws_sns_topic", "urgent-alarms")
    assert {each["topic_arn"] for each in found} == {f"${{{topic.address}.arn}}"}
    # CloudWatch cannot use SNS's own key: with it, no alarm would arrive.
    assert "kms_master_key_id" not in topic.body


def test_when_an_operator_leaves_the_others_need_not_confirm_again(notified: Synthesis, tmp_path: Path) -> None:
    left = of_operators(synthesize(settings_of("dev", operators=OPERATORS[1:]), tmp_path))
    before = of_operators(notified)
    assert {address: each.id for address, each in left.items()} == {each: before[each].id for each in OPERATORS[1:]}
