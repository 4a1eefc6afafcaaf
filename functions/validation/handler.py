"""Lambda entry of the workflow's state Validation."""

import logging
from functools import cache
from typing import cast

from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.logs import LambdaContext, invocation, trace_id
from functions.common.settings import require
from functions.common.times import utc_now
from functions.validation.manifests_bucket import ManifestsBucket
from functions.validation.validation import Task, Validation
from shared.contracts.environment import REPORTS_BUCKET, UPLOADS_TABLE
from shared.contracts.workflow import ObjectCreated, Validated, ValidationInput

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb, clients.s3)


def handle(event: ValidationInput | ObjectCreated, context: LambdaContext) -> Validated:
    """Validate the object of an `Object Created` event, which is all that a payload of version 1 has."""
    task = read_task(event)
    with invocation(context, object_key=task.key):
        validated = wire().run(task)
        known = {
            "upload_id": validated["upload_id"],
            "bank_id": validated["bank_id"],
            "attempt": validated["attempt"],
            "next": validated["next"],
            "ranges": validated["manifest"]["ranges"] if "manifest" in validated else len(validated["ranges"]),
        }
        _log.info("validated a report", extra={"fields": known})
        return validated


def read_task(event: ValidationInput | ObjectCreated) -> Task:
    """Read a payload of this version or of version 1. EventBridge's event has a `version` too, but no `event`."""
    if "event" not in event:
        return Task(event=event, trace_id=trace_id())
    given = cast("ValidationInput", event)
    return Task(
        event=given["event"],
        attempt=given["attempt"],
        execution=given["execution"],
        started_at=given["started_at"],
        trace_id=trace_id(),
    )


@cache
def wire() -> Validation:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(UPLOADS_TABLE, REPORTS_BUCKET)
    bucket = ReportsBucket(clients.s3(), names[REPORTS_BUCKET])
    uploads = UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE])
    manifests = ManifestsBucket(clients.s3(), names[REPORTS_BUCKET])
    return Validation(uploads=uploads, reports=bucket, rejected=bucket, manifests=manifests, clock=utc_now)
