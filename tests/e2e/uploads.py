"""Uploads on the deployed local cloud: planted in a state, changed, and followed; and the operators' commands."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from functions.common.attempts import new_attempt
from functions.common.aws.uploads_table import UploadsTable, to_item
from functions.common.uploads import Upload, derive_upload_id
from local.cloud.clients import SUFFIX
from local.deployment.environment import deployment_environment
from local.deployment.outputs import Pipeline
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.infra.naming import Namer, ResourceKind
from shared.repository import ROOT
from tests.e2e.operators import Done

LIMIT_SECONDS = 90
BANK = "nordbank"
LONG_AGO = "2026-11-20T10:00:00.000000Z"


def plant(pipeline: Pipeline, content: bytes, status: UploadStatus, **changes: Any) -> str:
    """Write an upload into the table, without its report; returns its id."""
    upload_id, attempt = derive_upload_id(BANK, content), new_attempt()
    known: dict[str, Any] = {
        "attempt": attempt,
        "attempts": [{"id": attempt, "began_at": LONG_AGO, "by": "intake"}],
        "file_name": "planted.csv",
        "updated_at": LONG_AGO,
    }
    upload = Upload(
        upload_id=upload_id,
        bank_id=BANK,
        status=status,
        received_at=LONG_AGO,
        **known | changes,
    )
    pipeline.cloud.dynamodb.put_item(TableName=pipeline.uploads_table, Item=to_item(upload))
    return upload_id


def store(pipeline: Pipeline, upload_id: str, content: bytes) -> None:
    """Store an object under an upload's key."""
    s3 = pipeline.cloud.client("s3")
    s3.put_object(Bucket=pipeline.reports_bucket, Key=report_key(BANK, upload_id), Body=content)


def follow(pipeline: Pipeline, upload_id: str, until: Callable[[Upload], object]) -> Upload:
    """Read an upload until it is as expected."""
    table = UploadsTable(pipeline.cloud.dynamodb, pipeline.uploads_table)
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        upload = table.get(upload_id)
        if upload and until(upload):
            return upload
        time.sleep(0.2)
    raise AssertionError(f"still {table.get(upload_id)}")


def take_dead_letters(pipeline: Pipeline, upload_id: str) -> list[dict[str, Any]]:
    """Receive and delete the dead letters of an upload; other tests find the queue as it was."""
    sqs, queue = pipeline.cloud.sqs, pipeline.dead_letter_queue_url
    taken: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=queue, VisibilityTimeout=2, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            letter = json.loads(message["Body"])
            if letter["upload_id"] == upload_id:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                taken.append(letter)
    return taken


def sweep(pipeline: Pipeline) -> dict[str, int]:
    """Run the sweeper once, beside its schedule; what it did, and how often."""
    namer = Namer(suffix=SUFFIX, account_id="000000000000", region="eu-central-1")
    client = pipeline.cloud.client("lambda")
    answer = client.invoke(FunctionName=namer.name("sweeper", ResourceKind.FUNCTION), Payload=b"{}")
    body = answer["Payload"].read()
    assert "FunctionError" not in answer, body
    done: dict[str, int] = json.loads(body)
    return done


def operate(pipeline: Pipeline, command: str, *arguments: str) -> Done:
    """Run an operator's command on the local cloud, as its user would."""
    environ = deployment_environment(
        os.environ, terraform="none", endpoint_url=pipeline.cloud.endpoint_url, state=Path(os.devnull)
    )
    line = [sys.executable, "-m", f"tools.operations.{command}", *arguments]
    done = subprocess.run(
        line, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Done(code=done.returncode, output=done.stdout)
