"""The demo's main part: what happens to each report, and whether all of it is as it should be."""

from collections.abc import Sequence

from local.demo.ledger import totals_by_upload
from local.demo.notifications import Mailbox, mailbox
from local.demo.tables import error_table, notification_table, totals_table, unequal, upload_table
from local.deployment.outputs import Pipeline
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Clock, Submission, SubmittedUpload, complaints, send
from tools.terminal import Screen


def send_and_show(samples: Sequence[Submission], pipeline: Pipeline, out: Screen) -> list[str]:
    """Hand reports in, show live how far they are, and then how they ended.

    Returns:
        What is not as it should be, a line each; none if all is well.

    Raises:
        LocalError: the API took no report, did not answer, or an upload has not ended in time.
    """
    out.say("")
    shown: dict[Submission, SubmittedUpload] = {}
    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as letters:
        with out.live(lambda: upload_table(shown.values(), [each for each in samples if each not in shown])) as changed:

            def show(upload: SubmittedUpload) -> None:
                shown[upload.submission] = upload
                changed(f"{upload.submission.bank_id}: {upload.submission.path.name} is {upload.status}")

            uploads = send(samples, pipeline.client, Clock(), show)
        wrong = _show(uploads, pipeline, letters, out)
    if wrong:
        out.say("", *(f"NOT AS IT SHOULD BE: {line}" for line in wrong))
    return wrong


def _show(uploads: Sequence[SubmittedUpload], pipeline: Pipeline, letters: Mailbox, out: Screen) -> list[str]:
    """Print the tables; what is not as it should be, a line each."""
    loaded = [each for each in uploads if each.status is UploadStatus.COMPLETED and not each.submission.again]
    booked = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)
    out.show(upload_table(uploads))
    if loaded:
        out.show(totals_table(loaded, booked))
    for upload in uploads:
        if upload.errors:
            out.show(error_table(upload))
    notifications = letters.collect(len(loaded))
    out.show(notification_table(notifications))
    dead = pipeline.dead_letters()
    out.say("", f"Dead-letter queue: {dead} messages")
    wrong = [*complaints(uploads), *unequal(loaded, booked)]
    if len(notifications) < len(loaded):
        wrong.append(f"{len(loaded)} notifications were to be published, {len(notifications)} were")
    if dead:
        wrong.append(f"{dead} messages are in the dead-letter queue")
    return wrong
