"""Lambda entry of the workflow's state Notification."""

import logging
from functools import cache

from functions.common.aws import clients
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import UploadsTable
from functions.notification.adapters import OutcomesTopic
from functions.notification.notification import Notification
from shared.contracts.environment import OUTCOMES_TOPIC_ARN, UPLOADS_TABLE
from shared.contracts.workflow import NotificationInput

_log = logging.getLogger(__name__)


def handle(event: NotificationInput, context: LambdaContext) -> None:
    """Close and announce one upload."""
    with invocation(context, upload_id=event["upload_id"], bank_id=event["bank_id"]):
        wire().run(event)
        _log.info("closed an upload")


@cache
def wire() -> Notification:
    """Join the use case to AWS as the environment says, once per Lambda environment."""
    uploads, topic = require(UPLOADS_TABLE, OUTCOMES_TOPIC_ARN)
    return Notification(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        outcomes=OutcomesTopic(clients.sns(), topic),
        clock=utc_now,
    )
