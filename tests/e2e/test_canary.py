"""What a bank keeps secret is in no log, metric, message or dead letter, whatever becomes of its report.

Each value below is a canary: a text that nothing else contains. Reports carry them through every way that the pipeline
has, and then all places are searched that more people can read than the bank's own data.
"""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, Final

import pytest
import urllib3

from functions.common.aws.uploads_table import UploadsTable
from local.cloud.clients import ACCOUNT_ID, REGION, SUFFIX
from local.demo.notifications import Mailbox, mailbox
from local.deployment.launch import Launched
from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER, MAX_REPORT_BYTES, REPORT_FIELD
from shared.contracts.functions import FunctionName
from shared.contracts.metrics import METRICS, NAMESPACE, QUOTAS_EXCEEDED, WRONG_KEYS
from shared.contracts.tables import TRANSACTIONS, transaction_key
from shared.contracts.uploads import UploadStatus
from shared.infra.naming import Namer, ResourceKind
from tests.e2e.reports import HEADER
from tests.e2e.test_declared import put
from tests.e2e.uploads import BANK, follow, store, sweep, take_dead_letters
from tests.unit.functions.emf import points
from tools.operations.state.states import read_state

pytestmark = pytest.mark.e2e
REASON: Final = "a test raises every alarm"
ROW: Final = "{id},{amount},EUR,2026-11-20T10:00:00Z,{bank}\n"


def canary(kind: str) -> str:
    """Looks like an account number, so that a program that finds those would find it, too."""
    return f"DE89-CANARY-{kind}-{secrets.token_hex(8)}"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What may be read nowhere but where `BY_DESIGN` says so."""

    transaction_id: str = field(default_factory=lambda: canary("id"))
    value: str = field(default_factory=lambda: canary("value"))
    bytes_of_no_report: str = field(default_factory=lambda: canary("bytes"))
    file_name: str = field(default_factory=lambda: canary("file") + ".csv")
    form_field: str = field(default_factory=lambda: canary("field"))
    wrong_key: str = field(default_factory=lambda: canary("key"))
    authorization: str = field(default_factory=lambda: canary("authorization"))
    cookie: str = field(default_factory=lambda: canary("cookie"))
    idempotency: str = field(default_factory=lambda: canary("idempotency"))
    api_key: str
    """The bank's own."""


BY_DESIGN: Final[Mapping[tuple[str, str], str]] = {
    ("uploads", "file_name"): "the bank finds its upload by the name that it gave it",
    ("uploads", "transaction_id"): "samples of rows in conflict say which ones the bank has to look at",
    ("transactions", "transaction_id"): "they are what the pipeline is for",
    ("reports bucket", "transaction_id"): "the report as it was sent",
    ("reports bucket", "value"): "the errors and the corrections of a rejected report, which the bank downloads",
    ("reports bucket", "bytes_of_no_report"): "an object as it was stored",
}
"""Place and secret -> why it is there. These places are the banks' data: no log, no metric, no message."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """All that the canaries went through, and what was left of it."""

    launched: Launched
    secrets: Secrets
    upload_ids: Mapping[str, str]
    outcomes: str
    alarms: str
    dead_letters: str

    @property
    def pipeline(self) -> Pipeline:
        return self.launched.pipeline


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A bank's program that sends secrets in all headers that might be logged."""

    pipeline: Pipeline
    secrets: Secrets

    def send(self, path: str, body: bytes, content_type: str, *, key: str = "", method: str = "POST") -> Any:
        headers = {
            API_KEY_HEADER: key or self.secrets.api_key,
            "Authorization": f"Bearer {self.secrets.authorization}",
            "Cookie": f"session={self.secrets.cookie}",
            "Idempotency-Key": self.secrets.idempotency,
            "Content-Type": content_type,
        }
        url = f"{self.pipeline.api_url}/{path}"
        return urllib3.request(method, url, body=body, headers=headers, retries=False, timeout=60)

    def submit(self, path: str, content: bytes, **fields: str) -> Any:
        report = {REPORT_FIELD: (self.secrets.file_name, content, "text/csv")}
        body, content_type = urllib3.encode_multipart_formdata({**report, **fields})
        return self.send(path, body, content_type)

    def declare(self, content: bytes, **changes: object) -> Any:
        declaration = {
            "file_name": self.secrets.file_name,
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
            **changes,
        }
        return self.send("uploads", json.dumps(declaration).encode(), "application/json")


def report(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def row(id_: str, amount: str = "1.25", bank: str = BANK) -> str:
    return ROW.format(id=id_, amount=amount, bank=bank)


@pytest.fixture(scope="module")
def done(launched: Launched) -> Iterator[Done]:
    """Every way that a report can take, with canaries in everything that a bank sends."""
    pipeline = launched.pipeline
    hidden = Secrets(api_key=pipeline.keys[BANK])
    bank = Sender(pipeline=pipeline, secrets=hidden)
    data = {stack.id: read_state(stack).outputs for stack in launched.stacks}["data-stack"]
    with ExitStack() as stack:
        outcomes = stack.enter_context(mailbox(pipeline.cloud, pipeline.outcomes_topic_arn))
        alarms = stack.enter_context(mailbox(pipeline.cloud, data["alarms_topic_arn"]))
        upload_ids = _ways_of_reports(bank)
        letters = take_dead_letters(pipeline, upload_ids["failed"])
        assert letters
        _raise_every_alarm(pipeline)
        yield Done(
            launched=launched,
            secrets=hidden,
            upload_ids=upload_ids,
            outcomes=_received(outcomes, expected=len(upload_ids) - 1),
            alarms=_received(alarms, expected=1),
            dead_letters=json.dumps(letters),
        )


def _ways_of_reports(bank: Sender) -> dict[str, str]:
    """Upload ids by what became of them: accepted, in conflict, rejected at the door, declared, large, failed."""
    pipeline, hidden = bank.pipeline, bank.secrets
    accepted = report(row(hidden.transaction_id), row(f"{hidden.transaction_id}-2"))
    conflicting = report(row(hidden.transaction_id, "2.50"))
    invalid = report(
        row(hidden.value, hidden.value), row(hidden.value, bank=hidden.value), f'"{hidden.value}\n', f"{hidden.value}\n"
    )
    declared = report(row(f"{hidden.transaction_id}-3"))
    large = invalid + b"x" * MAX_REPORT_BYTES
    failing = report(row(f"{hidden.transaction_id}-4"))

    # What runs beside each other first.
    ids = {name: bank.declare(each) for name, each in (("declared", declared), ("large", large), ("failed", failing))}
    links = {name: answer.json()["put"] for name, answer in ids.items()}
    assert put(links["large"], large) == put(links["declared"], declared) == 200
    uploads = {name: answer.json()["upload_id"] for name, answer in ids.items()}
    store(pipeline, uploads["failed"], hidden.bytes_of_no_report.encode())  # not the bytes that its key names
    uploads["accepted"] = _submitted(bank, accepted, 202)
    uploads["rejected"] = _submitted(bank, invalid, 422)
    assert bank.submit("validate", accepted).json()["valid"]
    assert not bank.submit("validate", invalid).json()["valid"]
    _ask_what_is_refused(bank, failing)
    follow(pipeline, uploads["accepted"], lambda each: each.notified_at)
    uploads["in conflict"] = _submitted(bank, conflicting, 202)
    sweep(pipeline)
    ended = {
        name: follow(pipeline, each, lambda upload: upload.notified_at or upload.error_count).status
        for name, each in uploads.items()
    }
    assert ended == {
        "accepted": UploadStatus.COMPLETED,
        "in conflict": UploadStatus.COMPLETED,
        "declared": UploadStatus.COMPLETED,
        "large": UploadStatus.REJECTED,
        "rejected": UploadStatus.REJECTED,
        "failed": UploadStatus.FAILED,
    }
    follow(pipeline, uploads["large"], lambda each: each.notified_at)
    follow(pipeline, uploads["failed"], lambda each: each.dead_letter_at)
    return uploads


def _submitted(bank: Sender, content: bytes, status: int) -> str:
    answer = bank.submit("upload", content)
    assert answer.status == status, answer.data
    upload_id: str = answer.json()["upload_id"]
    return upload_id


def _ask_what_is_refused(bank: Sender, content: bytes) -> None:
    """Requests that are refused for their form, for their key, or because there is no such thing."""
    text = bank.secrets.form_field
    assert bank.submit("upload", content, expected_rows=text).status == 400
    assert bank.submit("upload", content, **{text: text}).status == 400
    assert bank.send("upload", text.encode(), f"multipart/form-data; boundary={text}").status == 400
    assert bank.send("uploads", text.encode(), "application/json").status == 400
    assert bank.declare(content, size=text).status == 400
    assert bank.declare(content, sha256=text).status == 400
    assert bank.send("upload", b"", text, key=bank.secrets.wrong_key).status == 403
    for path, status in ((f"uploads?cursor={text}", 400), (f"transactions?date={text}", 400), (f"uploads/{text}", 404)):
        assert bank.send(path, b"", "text/plain", method="GET").status == status
    assert bank.send("", b"", "text/plain", method="GET").status == 200


def _raise_every_alarm(pipeline: Pipeline) -> None:
    """And leave it as one that has seen no data, for other tests."""
    cloudwatch = pipeline.cloud.client("cloudwatch")
    for page in cloudwatch.get_paginator("describe_alarms").paginate():
        for alarm in page["MetricAlarms"]:
            for state in ("ALARM", "INSUFFICIENT_DATA"):
                cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason=REASON)


def _received(box: Mailbox, *, expected: int) -> str:
    return json.dumps(box.collect(expected))


def log_lines(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every line in CloudWatch Logs, with its group."""
    logs = pipeline.cloud.client("logs")
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in groups["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                for event in page["events"]:
                    yield group["logGroupName"], event["message"]


def found(text: str, hidden: Secrets) -> set[str]:
    """Names of the secrets that a text contains, as they are or in Base64, which API Gateway makes of a body."""
    return {each.name for each in fields(hidden) if any(form in text for form in forms(getattr(hidden, each.name)))}


def forms(secret: str) -> list[str]:
    """A secret, and its Base64 wherever it may begin in a longer text."""
    encoded = [b64encode(bytes(shift) + secret.encode()).decode() for shift in range(3)]
    # At both ends, a digit of Base64 depends on the neighbours, too.
    return [secret, *(each[first:-4] for each, first in zip(encoded, (0, 2, 3), strict=True))]


def of_bank(done: Done, place: str) -> str:
    """What the pipeline keeps of the reports in a place."""
    pipeline, ids = done.pipeline, done.upload_ids.values()
    if place == "uploads":
        table = UploadsTable(pipeline.cloud.dynamodb, pipeline.uploads_table)
        return "\n".join(str(table.get(each)) for each in ids)
    if place == "transactions":
        key = {TRANSACTIONS.partition_key: {"S": transaction_key(BANK, done.secrets.transaction_id)}}
        return str(pipeline.cloud.dynamodb.get_item(TableName=pipeline.transactions_table, Key=key)["Item"])
    s3, bucket = pipeline.cloud.client("s3"), pipeline.reports_bucket
    keys = [
        stored["Key"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for stored in page["Contents"]
        if any(each in stored["Key"] for each in ids)
    ]
    return "\n".join(str(s3.get_object(Bucket=bucket, Key=each)["Body"].read()) for each in keys)


def test_no_line_of_any_log_has_a_secret(done: Done) -> None:
    lines = list(log_lines(done.pipeline))
    assert [(group, line) for group, line in lines if found(line, done.secrets)] == []

    # The search would have found them: the functions have logged what they did with these uploads.
    text = "\n".join(line for _, line in lines)
    assert all(each in text for each in done.upload_ids.values())
    logged = {group.removeprefix("/aws/lambda/txn-").removesuffix("-local") for group, _ in lines}
    assert logged >= set(FunctionName)


def test_no_log_file_of_the_local_cloud_has_a_secret(done: Done) -> None:
    texts = {path.name: path.read_text(errors="replace") for path in done.launched.run.logs.glob("*.log")}
    assert {name: found(text, done.secrets) for name, text in texts.items() if found(text, done.secrets)} == {}
    assert texts["ministack.log"]


def test_the_metrics_of_the_deployed_functions_are_cloudwatchs_and_have_no_secret(done: Done) -> None:
    ours = [line for _, line in log_lines(done.pipeline) if line.startswith("{")]  # others are Lambda's own
    metrics = [point for line in ours for point in points(line)]
    assert found(str(metrics), done.secrets) == set()
    written = {each.name.removeprefix(f"{NAMESPACE}/") for each in metrics}
    assert written == {each.name for each in METRICS if each not in (WRONG_KEYS, QUOTAS_EXCEEDED)}
    assert {each.dimensions["Environment"] for each in metrics} == {SUFFIX}


def test_no_message_has_a_secret(done: Done) -> None:
    for messages, known in (
        (done.outcomes, [each for name, each in done.upload_ids.items() if name != "rejected"]),
        (done.alarms, [REASON]),
        (done.dead_letters, [done.upload_ids["failed"]]),
    ):
        assert found(messages, done.secrets) == set()
        assert all(each in messages for each in known)


def test_no_key_is_stored_but_its_hash(done: Done) -> None:
    name = Namer(suffix=SUFFIX, account_id=ACCOUNT_ID, region=REGION).name("banks", ResourceKind.TABLE)
    banks = str(done.pipeline.cloud.dynamodb.scan(TableName=name)["Items"])
    assert found(banks, done.secrets) == set()
    assert sha256(done.secrets.api_key.encode()).hexdigest() in banks


@pytest.mark.parametrize("place", sorted({place for place, _ in BY_DESIGN}))
def test_the_banks_data_is_where_it_belongs_and_nothing_else_is_there(done: Done, place: str) -> None:
    assert found(of_bank(done, place), done.secrets) == {secret for where, secret in BY_DESIGN if where == place}


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_secret_is_found_as_it_is_and_in_base64(before: str) -> None:
    hidden = Secrets(api_key=canary("own"))
    body = f"{before}{hidden.cookie}, {hidden.value}"
    assert found(body, hidden) == found(b64encode(body.encode()).decode(), hidden) == {"cookie", "value"}
