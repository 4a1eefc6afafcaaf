"""The demo's main part: submit reports, show their outcomes, check them."""

from collections.abc import Sequence

from local.demo.ledger import totals_by_upload
from local.demo.notifications import Mailbox, mailbox
from local.demo.tables import error_table, notification_table, totals_table, unequal, upload_table
from local.deployment.outputs import Pipeline
from shared.contracts.uploads import UploadStatus
from tools.client.progress import described
from tools.client.uploads import LOCAL_PAUSE_SECONDS, Clock, Submission, SubmittedUpload, failed_expectations, send
from tools.terminal import Terminal


def send_and_show(samples: Sequence[Submission], pipeline: Pipeline, out: Terminal) -> list[str]:
    """Submit reports, show their progress live, then their outcomes.

    Returns:
        The failed checks, a line each.

    Raises:
        ToolError: the API did not accept a report or did not answer, or an upload did not end in time.
    """
    out.say("")
    shown: dict[Submission, SubmittedUpload] = {}
    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as received:
        with (
            out.timed("Submitting the reports, until all have ended"),
            out.live(lambda: upload_table(shown.values(), [each for each in samples if each not in shown])) as changed,
        ):

            def show(upload: SubmittedUpload) -> None:
                shown[upload.submission] = upload
                changed(f"{upload.submission.bank_id}: {upload.submission.path.name} is {described(upload)}")

            uploads = send(samples, pipeline.client, Clock(), show, pause=LOCAL_PAUSE_SECONDS)
        with out.timed("Reading the results"):
            failed = _show(uploads, pipeline, received, out)
    if failed:
        out.say("", *(f"FAILED CHECK: {line}" for line in failed))
    return failed


def _show(uploads: Sequence[SubmittedUpload], pipeline: Pipeline, received: Mailbox, out: Terminal) -> list[str]:
    """Print the tables; returns the failed checks."""
    loaded = [each for each in uploads if each.status is UploadStatus.COMPLETED and not each.submission.again]
    sums = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)
    out.show(upload_table(uploads))
    if loaded:
        out.show(totals_table(loaded, sums))
    for upload in uploads:
        if upload.errors:
            out.show(error_table(upload))
    notifications = received.collect(len(loaded))
    if notifications:
        out.show(notification_table(notifications))
    dead = pipeline.dead_letters()
    out.say("", f"Dead-letter queue: {dead} messages")
    failed = [*failed_expectations(uploads), *unequal(loaded, sums)]
    if len(notifications) < len(loaded):
        failed.append(f"expected {len(loaded)} notifications, received {len(notifications)}")
    if dead:
        failed.append(f"the dead-letter queue holds {dead} messages")
    return failed
