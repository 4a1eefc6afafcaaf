"""Lambda entry of the workflow's state Validation."""

from functools import cache

from functions.common import clients
from functions.common.logs import LambdaContext, invocation
from functions.common.objects import Objects
from functions.common.reports import ReportsBucket
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import UploadsTable
from functions.validation.validation import Validation
from shared.contracts.environment import REPORTS_BUCKET, UPLOADS_TABLE
from shared.contracts.workflow import ObjectCreated, Validated


def handle(event: ObjectCreated, context: LambdaContext) -> Validated:
    """Judge the object of an `Object Created` event."""
    with invocation(context, object_key=event["detail"]["object"]["key"]):
        return wire().run(event)


@cache
def wire() -> Validation:
    """Join the use case to AWS as the environment says, once per Lambda environment."""
    uploads, bucket = require(UPLOADS_TABLE, REPORTS_BUCKET)
    return Validation(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        objects=Objects(clients.s3()),
        problems=ReportsBucket(clients.s3(), bucket),
        clock=utc_now,
    )
