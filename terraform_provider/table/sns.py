"""SNS: standard topics and subscriptions."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.mapping import text
from terraform_provider.rules import ARN, OBJECT, matches, one_of
from terraform_provider.session import Session
from terraform_provider.spec import Call, Prepare, Read, Request, ResourceType, Style
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_TOPIC: Final = {"TopicArn": "{id}"}
_SUBSCRIPTION: Final = {"SubscriptionArn": "{id}"}
_TOPIC_ATTRIBUTES: Final = {"display_name": "DisplayName", "kms_master_key_id": "KmsMasterKeyId"}
_SUBSCRIPTION_ATTRIBUTES: Final = {
    "filter_policy": "FilterPolicy",
    "raw_message_delivery": "RawMessageDelivery",
    "redrive_policy": "RedrivePolicy",
}


def _name_and_tags(_session: Session, request: Request, state: State) -> Request:
    tags = [{"Key": key, "Value": value} for key, value in (state.get("tags_all") or {}).items()]
    return {**request, "Name": state["name"], "Tags": tags}


def _name_in_arn(_session: Session, state: State) -> str:
    return str(state["id"]).rsplit(":", 1)[1]


def _set(name: str, member: str) -> Prepare:
    def prepare(_session: Session, request: Request, state: State) -> Request:
        return {**request, "AttributeName": member, "AttributeValue": text(state.get(name))}

    return prepare


def _setters(operation: str, keys: dict[str, str], members: dict[str, str]) -> tuple[Call, ...]:
    """SNS sets one attribute with each call."""
    return tuple(
        Call(operation, keys=keys, attributes=frozenset(), prepared={name}, prepare=_set(name, member))
        for name, member in members.items()
    )


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_sns_topic": ResourceType(
        service="sns",
        create=Call(
            "CreateTopic",
            inside="Attributes",
            style=Style.TEXT_MAP,
            attributes=_TOPIC_ATTRIBUTES.keys(),
            prepare=_name_and_tags,
            prepared={"name"},
        ),
        reads=(Read("GetTopicAttributes", keys=_TOPIC, at="Attributes"),),
        delete=Call("DeleteTopic", keys=_TOPIC),
        id="{TopicArn}",
        updates=_setters("SetTopicAttributes", _TOPIC, _TOPIC_ATTRIBUTES),
        names={"arn": "TopicArn"},
        tagging=TagOperations(member="ResourceArn", resource="id"),
        replaced_by={"name"},
        derived={"name": _name_in_arn},
        rules={"name": matches(r"[\w-]{1,256}", "1 to 256 letters, digits, hyphens and underscores")},
    ),
    "aws_sns_topic_subscription": ResourceType(
        service="sns",
        create=Call(
            "Subscribe",
            attributes={"topic_arn", "protocol", "endpoint"},
            constants={"ReturnSubscriptionArn": True},
        ),
        reads=(Read("GetSubscriptionAttributes", keys=_SUBSCRIPTION, at="Attributes"),),
        delete=Call("Unsubscribe", keys=_SUBSCRIPTION),
        id="{SubscriptionArn}",
        settings=_setters("SetSubscriptionAttributes", _SUBSCRIPTION, _SUBSCRIPTION_ATTRIBUTES),
        names={"arn": "SubscriptionArn", "owner_id": "Owner"},
        replaced_by={"topic_arn", "protocol", "endpoint"},
        defaults={"raw_message_delivery": False},
        rules={
            "topic_arn": ARN,
            "protocol": one_of(
                "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"
            ),
            "filter_policy": OBJECT,
            "redrive_policy": OBJECT,
        },
    ),
}
