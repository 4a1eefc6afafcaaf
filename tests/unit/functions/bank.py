"""A bank's program and the API in memory: proxy events through the handlers, to use cases around the fakes."""

import base64
import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from functions.common.banks import Bank
from functions.common.http import ProxyResponse, serve
from functions.common.restarts import Restarts
from functions.declaration.declaration import Declarations
from functions.declaration.handler import post_uploads
from functions.declaration.put_links import PutLinks
from functions.intake.handler import post_upload
from functions.intake.intake import Intake
from functions.precheck.handler import post_validate
from functions.status.handler import get_uploads
from functions.status.status import Status
from tests.unit.functions.fakes import (
    FakeAttempts,
    FakeBanks,
    FakeBucket,
    FakeContext,
    FakeLoads,
    FakeUploads,
    FakeWorkflow,
    upload,
)
from tests.unit.functions.report.reports import BANK, NOW
from tests.unit.functions.stubs import Script

BOUNDARY = "----cut-here"
KEY = "key-of-nordbank"
OTHER_KEY = "key-of-alpenbank"
BANKS = FakeBanks(
    keys={KEY: Bank(bank_id=BANK, name="Nordbank"), OTHER_KEY: Bank(bank_id="alpenbank", name="Alpenbank")}
)
_LINKS = PutLinks(Script("s3").client, "reports-bucket")


class World:
    """Intake, declaration and status around the same uploads."""

    def __init__(self) -> None:
        self.now = NOW
        self.workflow = FakeWorkflow()
        self.uploads, self.bucket, self.loads = FakeUploads(), FakeBucket(), FakeLoads()
        attempts = FakeAttempts()
        self.intake = Intake(
            uploads=self.uploads,
            reports=self.bucket,
            rejected=self.bucket,
            clock=self._clock,
            new_attempt=attempts,
        )
        restarts = Restarts(
            uploads=self.uploads,
            workflow=self.workflow,
            bucket="reports-bucket",
            clock=self._clock,
            new_attempt=attempts,
        )
        self.declarations = Declarations(
            uploads=self.uploads,
            reports=self.bucket,
            links=_LINKS,
            restarts=restarts,
            clock=self._clock,
            new_attempt=attempts,
        )
        self.status = Status(
            uploads=self.uploads, by_bank=self.uploads, rejected=self.bucket, loads=self.loads, clock=self._clock
        )

    def _clock(self) -> datetime:
        return self.now

    def know(self, upload_id: str, **changes: Any) -> None:
        self.uploads.items[upload_id] = upload(upload_id=upload_id, **changes)

    def submit(self, content: bytes, *, key: str = KEY, **headers: str) -> ProxyResponse:
        return self.post(form(part(content)), key=key, headers=headers)

    def post(self, content: bytes, /, **changes: Any) -> ProxyResponse:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | changes.pop("headers", {})
        body = {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}
        event = {"headers": headers, **called_with(changes.pop("key", KEY)), **body, **changes}
        return serve(event, FakeContext(), lambda request: post_upload(request, BANKS, self.intake))

    def check(self, content: bytes, *fields: bytes, key: str = KEY) -> ProxyResponse:
        """Validate a report without submitting it."""
        body = base64.b64encode(form(part(content), *fields)).decode()
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        event = {"headers": headers, **called_with(key), "body": body, "isBase64Encoded": True}
        return serve(event, FakeContext(), lambda request: post_validate(request, BANKS, self._clock))

    def declare(self, content: bytes, *, key: str = KEY, **changes: Any) -> ProxyResponse:
        """Declare a report; `changes` are fields of the declaration, or None for one to leave out."""
        fields = {"file_name": "daily.csv", "size": len(content), "sha256": sha256(content).hexdigest()} | changes
        body = json.dumps({name: value for name, value in fields.items() if value is not None})
        return self.declare_by(body, key=key)

    def declare_by(self, body: str, *, key: str = KEY, **headers: str) -> ProxyResponse:
        event = {"headers": {"Content-Type": "application/json"} | headers, **called_with(key), "body": body}
        return serve(event, FakeContext(), lambda request: post_uploads(request, BANKS, self.declarations))

    def get(self, upload_id: str | None = None, *, key: str = KEY, resource: str = "", **query: str) -> ProxyResponse:
        """Get the bank's uploads or one; `query` may have an underscore where the parameter is a keyword of Python."""
        query = {name.rstrip("_"): value for name, value in query.items()}
        path = {"upload_id": upload_id} if upload_id else None
        event = {
            **called_with(key),
            "resource": resource,
            "pathParameters": path,
            "queryStringParameters": query or None,
        }
        return serve(event, FakeContext(), lambda request: get_uploads(request, BANKS, self.status))

    def errors(self, upload_id: str, *, key: str = KEY, **query: str) -> ProxyResponse:
        return self.get(upload_id, key=key, resource="/uploads/{upload_id}/errors", **query)


def called_with(key: str) -> dict[str, Any]:
    """What API Gateway says of a caller in a proxy event."""
    return {"requestContext": {"identity": {"apiKey": key}}}


def part(content: bytes, name: str = "report", file_name: str | None = "daily.csv") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    return f"Content-Disposition: {disposition}\r\nContent-Type: text/csv\r\n\r\n".encode() + content


def field(name: str, value: str) -> bytes:
    """A form field that is no file."""
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def form(*parts: bytes) -> bytes:
    return b"".join(f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts) + f"--{BOUNDARY}--\r\n".encode()


def body_of(response: ProxyResponse) -> Any:
    return json.loads(response["body"])
