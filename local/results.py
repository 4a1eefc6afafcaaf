"""The end of the demo: what happened to each report, and whether all of it is as it should be."""

from collections.abc import Sequence

from local.books import totals_by_upload
from local.deployed import Pipeline
from local.notifications import Mailbox
from local.screen import Screen
from local.tables import notification_table, problem_table, totals_table, unequal, upload_table
from local.uploading import Upload, complaints
from shared.contracts.uploads import UploadStatus


def show_results(uploads: Sequence[Upload], pipeline: Pipeline, letters: Mailbox, out: Screen) -> list[str]:
    """Print the tables.

    Returns:
        What is not as it should be, a line each; none if all is well.
    """
    loaded = [each for each in uploads if each.status is UploadStatus.COMPLETED and not each.sample.again]
    booked = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)
    out.show(upload_table(uploads))
    if loaded:
        out.show(totals_table(loaded, booked))
    for upload in uploads:
        if upload.problems:
            out.show(problem_table(upload))
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
