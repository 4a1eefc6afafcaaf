"""Lambda entry of the workflow's state Notification."""

import logging
from functools import cache

from functions.common.aws import clients
from functions.common.aws.loads_bucket import LoadsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.notification.notification import Notification
from functions.notification.outcomes_topic import OutcomesTopic
from shared.contracts.environment import OUTCOMES_TOPIC_ARN, UPLOADS_TABLE
from shared.contracts.workflow import NotificationInput

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb, clients.s3, clients.sns)


def handle(event: NotificationInput, context: LambdaContext) -> None:
    """Complete one upload and publish its outcome."""
    with invocation(context, upload_id=event["upload_id"], bank_id=event["bank_id"]):
        published = wire(event.get("bucket", "")).run(event)
        _log.info("published an outcome" if published else "left an outcome that is published or another attempt's")


@cache
def wire(bucket: str) -> Notification:
    """Connect the use case to AWS, once per Lambda environment (there is one bucket).

    A payload of version 1 names no bucket: it has the results themselves.
    """
    names = require(UPLOADS_TABLE, OUTCOMES_TOPIC_ARN)
    return Notification(
        uploads=UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE]),
        loads=LoadsBucket(clients.s3(), bucket),
        outcomes=OutcomesTopic(clients.sns(), names[OUTCOMES_TOPIC_ARN]),
        clock=utc_now,
    )
