"""A bank with a contact is notified of its own uploads' outcomes; one without has no subscription."""

import json

import pytest

from tests.synth.conftest import CONTACTS
from tests.synth.synthesis import Synthesis


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


def test_a_subscription_outlives_the_api_so_it_need_not_be_confirmed_again(notified: Synthesis) -> None:
    assert {each.stack for each in notified.of("aws_sns_topic_subscription")} == {"data-stack"}


def test_a_bank_without_a_contact_has_no_subscription(notified: Synthesis, dev: Synthesis) -> None:
    assert len(notified.of("aws_sns_topic_subscription")) == len(CONTACTS)
    assert dev.of("aws_sns_topic_subscription") == []
