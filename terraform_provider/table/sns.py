"""SNS: topics, their policies and subscriptions."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.mapping import text
from terraform_provider.session import Session
from terraform_provider.spec import Call, Prepare, Read, Request, ResourceType, Response, Style
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_TOPIC: Final = {"TopicArn": "{id}"}
_SUBSCRIPTION: Final = {"SubscriptionArn": "{id}"}


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


def _read_confirmation(_session: Session, response: Response, _prior: State) -> State:
    return {
        "pending_confirmation": response.get("PendingConfirmation") == "true",
        "confirmation_was_authenticated": response.get("ConfirmationWasAuthenticated") == "true",
    }


_SET_POLICY: Final = Call(
    "SetTopicAttributes",
    keys={"TopicArn": "{arn}"},
    attributes={"policy"},
    constants={"AttributeName": "Policy"},
    names={"policy": "AttributeValue"},
)

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_sns_topic": ResourceType(
        service="sns",
        create=Call(
            "CreateTopic", inside="Attributes", style=Style.TEXT_MAP, prepare=_name_and_tags, prepared={"name"}
        ),
        reads=(Read("GetTopicAttributes", keys=_TOPIC, at="Attributes"),),
        delete=Call("DeleteTopic", keys=_TOPIC),
        id="{TopicArn}",
        updates=_setters(
            "SetTopicAttributes",
            _TOPIC,
            {
                "content_based_deduplication": "ContentBasedDeduplication",
                "delivery_policy": "DeliveryPolicy",
                "display_name": "DisplayName",
                "kms_master_key_id": "KmsMasterKeyId",
                "policy": "Policy",
                "signature_version": "SignatureVersion",
                "tracing_config": "TracingConfig",
            },
        ),
        names={"arn": "TopicArn"},
        tagging=TagOperations(
            add="TagResource",
            remove="UntagResource",
            list="ListTagsForResource",
            member="ResourceArn",
            resource="id",
        ),
        named="name",
        replaced_by={"name", "name_prefix", "fifo_topic"},
        unsent={"name", "name_prefix", "arn", "owner", "beginning_archive_time"},
        defaults={"content_based_deduplication": False, "fifo_topic": False},
        derived={"name": _name_in_arn},
    ),
    "aws_sns_topic_policy": ResourceType(
        service="sns",
        create=_SET_POLICY,
        reads=(Read("GetTopicAttributes", keys=_TOPIC, at="Attributes", names={"arn": "TopicArn"}),),
        delete=Call("SetTopicAttributes", keys=_TOPIC, constants={"AttributeName": "Policy", "AttributeValue": ""}),
        id="{arn}",
        import_id="{arn}",
        updates=(_SET_POLICY,),
        replaced_by={"arn"},
    ),
    "aws_sns_topic_subscription": ResourceType(
        service="sns",
        create=Call(
            "Subscribe",
            attributes={"topic_arn", "protocol", "endpoint"},
            constants={"ReturnSubscriptionArn": True},
        ),
        reads=(Read("GetSubscriptionAttributes", keys=_SUBSCRIPTION, at="Attributes", interpret=_read_confirmation),),
        delete=Call("Unsubscribe", keys=_SUBSCRIPTION),
        id="{SubscriptionArn}",
        settings=_setters(
            "SetSubscriptionAttributes",
            _SUBSCRIPTION,
            {
                "delivery_policy": "DeliveryPolicy",
                "filter_policy": "FilterPolicy",
                "filter_policy_scope": "FilterPolicyScope",
                "raw_message_delivery": "RawMessageDelivery",
                "redrive_policy": "RedrivePolicy",
                "subscription_role_arn": "SubscriptionRoleArn",
            },
        ),
        names={"arn": "SubscriptionArn", "owner_id": "Owner"},
        replaced_by={"topic_arn", "protocol", "endpoint"},
        unsent={"confirmation_timeout_in_minutes", "endpoint_auto_confirms"},
        defaults={
            "confirmation_timeout_in_minutes": 1,
            "endpoint_auto_confirms": False,
            "raw_message_delivery": False,
        },
    ),
}
