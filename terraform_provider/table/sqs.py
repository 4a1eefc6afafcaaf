"""SQS: standard queues and their policies."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import OBJECT, between, matches
from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Style
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_BY_ID: Final = {"QueueUrl": "{id}"}
_ATTRIBUTES: Final = frozenset(
    {
        "delay_seconds",
        "kms_data_key_reuse_period_seconds",
        "kms_master_key_id",
        "max_message_size",
        "message_retention_seconds",
        "receive_wait_time_seconds",
        "redrive_policy",
        "sqs_managed_sse_enabled",
        "visibility_timeout_seconds",
    }
)


def _name_and_tags(_session: Session, request: Request, state: State) -> Request:
    return {**request, "QueueName": state["name"], "tags": state.get("tags_all") or {}}


def _name_in_url(_session: Session, state: State) -> str:
    return str(state["id"]).rsplit("/", 1)[1]


_PUT_POLICY: Final = Call(
    "SetQueueAttributes",
    keys={"QueueUrl": "{queue_url}"},
    inside="Attributes",
    style=Style.TEXT_MAP,
    attributes={"policy"},
)

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_sqs_queue": ResourceType(
        service="sqs",
        create=Call(
            "CreateQueue",
            inside="Attributes",
            style=Style.TEXT_MAP,
            attributes=_ATTRIBUTES,
            prepare=_name_and_tags,
            prepared={"name"},
        ),
        reads=(Read("GetQueueAttributes", keys=_BY_ID, at="Attributes", constants={"AttributeNames": ["All"]}),),
        delete=Call("DeleteQueue", keys=_BY_ID),
        id="{QueueUrl}",
        updates=(
            Call("SetQueueAttributes", keys=_BY_ID, inside="Attributes", style=Style.TEXT_MAP, attributes=_ATTRIBUTES),
        ),
        names={
            "arn": "QueueArn",
            "max_message_size": "MaximumMessageSize",
            "message_retention_seconds": "MessageRetentionPeriod",
            "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
            "visibility_timeout_seconds": "VisibilityTimeout",
        },
        tagging=TagOperations(
            add="TagQueue", remove="UntagQueue", list="ListQueueTags", member="QueueUrl", resource="id"
        ),
        replaced_by={"name"},
        defaults={
            "delay_seconds": 0,
            "max_message_size": 1_048_576,
            "message_retention_seconds": 345_600,
            "receive_wait_time_seconds": 0,
            "visibility_timeout_seconds": 30,
        },
        derived={"url": "{id}", "name": _name_in_url},
        rules={
            "name": matches(r"[\w-]{1,80}", "1 to 80 letters, digits, hyphens and underscores"),
            "delay_seconds": between(0, 900),
            "kms_data_key_reuse_period_seconds": between(60, 86_400),
            "max_message_size": between(1_024, 1_048_576),
            "message_retention_seconds": between(60, 1_209_600),
            "receive_wait_time_seconds": between(0, 20),
            "redrive_policy": OBJECT,
            "visibility_timeout_seconds": between(0, 43_200),
        },
    ),
    "aws_sqs_queue_policy": ResourceType(
        service="sqs",
        create=_PUT_POLICY,
        updates=(_PUT_POLICY,),
        reads=(
            Read(
                "GetQueueAttributes",
                keys=_BY_ID,
                at="Attributes",
                constants={"AttributeNames": ["Policy"]},
                interpret=lambda _session, response, _prior: {} if "Policy" in response else None,
            ),
        ),
        delete=Call("SetQueueAttributes", keys=_BY_ID, constants={"Attributes": {"Policy": ""}}),
        id="{queue_url}",
        import_id="{queue_url}",
        replaced_by={"queue_url"},
        rules={"policy": OBJECT},
    ),
}
