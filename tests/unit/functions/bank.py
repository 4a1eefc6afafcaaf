"""A bank's program and the API in memory: proxy events through the handlers, to use cases around the fakes."""

import base64
import json
from typing import Any

from functions.common.banks import Bank
from functions.common.http import ProxyResponse, serve
from functions.intake.handler import post_upload
from functions.intake.intake import Intake
from functions.status.handler import get_uploads
from functions.status.status import Status
from tests.unit.functions.fakes import (
    FakeAttempts,
    FakeBanks,
    FakeBucket,
    FakeContext,
    FakeLoads,
    FakeUploads,
    clock,
    upload,
)
from tests.unit.functions.report.reports import BANK

BOUNDARY = "----cut-here"
KEY = "key-of-nordbank"
OTHER_KEY = "key-of-alpenbank"
BANKS = FakeBanks(
    keys={KEY: Bank(bank_id=BANK, name="Nordbank"), OTHER_KEY: Bank(bank_id="alpenbank", name="Alpenbank")}
)


class World:
    """Intake and status around the same uploads."""

    def __init__(self) -> None:
        self.uploads, self.bucket, self.loads = FakeUploads(), FakeBucket(), FakeLoads()
        self.intake = Intake(
            uploads=self.uploads,
            reports=self.bucket,
            rejected=self.bucket,
            clock=clock,
            new_attempt=FakeAttempts(),
        )
        self.status = Status(uploads=self.uploads, by_bank=self.uploads, rejected=self.bucket, loads=self.loads)

    def know(self, upload_id: str, **changes: Any) -> None:
        self.uploads.items[upload_id] = upload(upload_id=upload_id, **changes)

    def submit(self, content: bytes, *, key: str = KEY, **headers: str) -> ProxyResponse:
        return self.post(form(part(content)), key=key, headers=headers)

    def post(self, content: bytes, /, **changes: Any) -> ProxyResponse:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | changes.pop("headers", {})
        body = {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}
        event = {"headers": headers, **called_with(changes.pop("key", KEY)), **body, **changes}
        return serve(event, FakeContext(), lambda request: post_upload(request, BANKS, self.intake))

    def get(self, upload_id: str | None = None, *, key: str = KEY, **query: str) -> ProxyResponse:
        path = {"upload_id": upload_id} if upload_id else None
        event = {"headers": {}, **called_with(key), "pathParameters": path, "queryStringParameters": query or None}
        return serve(event, FakeContext(), lambda request: get_uploads(request, BANKS, self.status))


def called_with(key: str) -> dict[str, Any]:
    """What API Gateway says of a caller in a proxy event."""
    return {"requestContext": {"identity": {"apiKey": key}}}


def part(content: bytes, name: str = "report", file_name: str | None = "daily.csv") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    return f"Content-Disposition: {disposition}\r\nContent-Type: text/csv\r\n\r\n".encode() + content


def form(*parts: bytes) -> bytes:
    return b"".join(f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts) + f"--{BOUNDARY}--\r\n".encode()


def body_of(response: ProxyResponse) -> Any:
    return json.loads(response["body"])
