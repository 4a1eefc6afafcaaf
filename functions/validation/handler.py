"""Lambda entry of the workflow's state Validation."""

import logging
from functools import cache

from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.validation.validation import Validation
from shared.contracts.environment import REPORTS_BUCKET, UPLOADS_TABLE
from shared.contracts.workflow import ObjectCreated, Validated

_log = logging.getLogger(__name__)


def handle(event: ObjectCreated, context: LambdaContext) -> Validated:
    """Validate the object of an `Object Created` event."""
    with invocation(context, object_key=event["detail"]["object"]["key"]):
        validated = wire().run(event)
        known = {name: validated[name] for name in ("upload_id", "bank_id", "next")}
        _log.info("validated a report", extra={"fields": {**known, "ranges": len(validated["ranges"])}})
        return validated


@cache
def wire() -> Validation:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(UPLOADS_TABLE, REPORTS_BUCKET)
    bucket = ReportsBucket(clients.s3(), names[REPORTS_BUCKET])
    uploads = UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE])
    return Validation(uploads=uploads, reports=bucket, rejected=bucket, clock=utc_now)
