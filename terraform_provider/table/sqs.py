"""SQS: queues and their policies."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Style
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_BY_URL: Final = {"QueueUrl": "{queue_url}"}


def _name_and_tags(_session: Session, request: Request, state: State) -> Request:
    return {**request, "QueueName": state["name"], "tags": state.get("tags_all") or {}}


def _name_in_url(_session: Session, state: State) -> str:
    return str(state["id"]).rsplit("/", 1)[1]


def _part(attribute: str, member: str) -> ResourceType:
    """One attribute of a queue as a resource of its own."""
    put = Call("SetQueueAttributes", keys=_BY_URL, inside="Attributes", style=Style.TEXT_MAP, attributes={attribute})
    return ResourceType(
        service="sqs",
        create=put,
        updates=(put,),
        reads=(
            Read(
                "GetQueueAttributes",
                keys={"QueueUrl": "{id}"},
                at="Attributes",
                constants={"AttributeNames": [member]},
                interpret=lambda _session, response, _prior: {} if member in response else None,
            ),
        ),
        delete=Call("SetQueueAttributes", keys={"QueueUrl": "{id}"}, constants={"Attributes": {member: ""}}),
        id="{queue_url}",
        import_id="{queue_url}",
        replaced_by={"queue_url"},
    )


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_sqs_queue": ResourceType(
        service="sqs",
        create=Call(
            "CreateQueue", inside="Attributes", style=Style.TEXT_MAP, prepare=_name_and_tags, prepared={"name"}
        ),
        reads=(
            Read(
                "GetQueueAttributes",
                keys={"QueueUrl": "{id}"},
                at="Attributes",
                constants={"AttributeNames": ["All"]},
            ),
        ),
        delete=Call("DeleteQueue", keys={"QueueUrl": "{id}"}),
        id="{QueueUrl}",
        updates=(Call("SetQueueAttributes", keys={"QueueUrl": "{id}"}, inside="Attributes", style=Style.TEXT_MAP),),
        names={
            "arn": "QueueArn",
            "max_message_size": "MaximumMessageSize",
            "message_retention_seconds": "MessageRetentionPeriod",
            "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
            "visibility_timeout_seconds": "VisibilityTimeout",
            "timeouts": None,
        },
        tagging=TagOperations(
            add="TagQueue", remove="UntagQueue", list="ListQueueTags", member="QueueUrl", resource="id"
        ),
        named="name",
        replaced_by={"name", "name_prefix", "fifo_queue"},
        unsent={"name", "name_prefix", "url", "arn"},
        defaults={
            "content_based_deduplication": False,
            "delay_seconds": 0,
            "fifo_queue": False,
            "max_message_size": 1_048_576,
            "message_retention_seconds": 345_600,
            "receive_wait_time_seconds": 0,
            "visibility_timeout_seconds": 30,
        },
        derived={"url": "{id}", "name": _name_in_url},
    ),
    "aws_sqs_queue_policy": _part("policy", "Policy"),
    "aws_sqs_queue_redrive_allow_policy": _part("redrive_allow_policy", "RedriveAllowPolicy"),
}
