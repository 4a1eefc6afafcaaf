"""The proxy, between boto3's own clients and an AWS that answers everything with success."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.broken_calls.breaks import Break, Extent, Watched, Way
from tests.broken_calls.calls import Call, Kind
from tests.broken_calls.proxy import Proxy, proxy

UPLOAD = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
TRIES = 2
PUT = Call(kind=Kind(function="intake", operation="PutItem", target="uploads"), number=1)


class Upstream(ThreadingHTTPServer):
    """Answers every request with success, and counts those that it has carried out."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.requests = list[str]()


class Answer(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:  # pylint: disable=invalid-name  # the base class's name
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.requests.append(self.path)
        body = b"<PublishResponse><PublishResult/></PublishResponse>" if b"Action=" in sent else b""
        if "x-amz-target" in self.headers:
            body = b"{}"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET = do_POST  # noqa: N815  # the base class's names

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Wired:
    proxy: Proxy
    upstream: Upstream
    clients: list[Any] = field(default_factory=list)

    def client(self, service: str) -> Any:
        config = Config(
            read_timeout=0.2,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            user_agent_extra="app/intake",
            proxies={},
            s3={"addressing_style": "path"},
        )
        session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-central-1")
        self.clients.append(session.client(service, endpoint_url=self.proxy.url, config=config))
        return self.clients[-1]

    def put(self, upload_id: str = UPLOAD) -> str:
        """Write an upload; `done`, or the error that the caller gets."""
        try:
            self.client("dynamodb").put_item(TableName="txn-uploads-local", Item={"upload_id": {"S": upload_id}})
        except ClientError as error:
            return error.response["Error"]["Code"]
        except BotoCoreError as error:
            return type(error).__name__
        return "done"

    def carried_out(self, expected: int) -> int:
        """How many requests were carried out; waits for late ones."""
        limit = time.monotonic() + 30
        while len(self.upstream.requests) < expected and time.monotonic() < limit:
            time.sleep(0.01)
        return len(self.upstream.requests)


@pytest.fixture
def wired() -> Iterator[Wired]:
    with Upstream() as upstream:
        thread = threading.Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        with proxy(f"http://127.0.0.1:{upstream.server_port}") as between:
            wired = Wired(between, upstream)
            yield wired
            for client in wired.clients:
                client.close()
        upstream.shutdown()
        thread.join()


def watch(way: Way, extent: Extent, *, number: int = 1) -> Watched:
    return Watched(UPLOAD, Break(call=Call(kind=PUT.kind, number=number), way=way, extent=extent))


@pytest.mark.parametrize(
    ("way", "seen", "carried_out"),
    [
        (Way.ERROR_BEFORE, "InternalServerError", 0),
        (Way.ERROR_AFTER, "ConnectionClosedError", TRIES),
        (Way.TIME_OUT, "ReadTimeoutError", TRIES),
    ],
)
def test_a_broken_call_fails_after_all_tries_and_the_next_one_passes(
    wired: Wired, way: Way, seen: str, carried_out: int
) -> None:
    watched = watch(way, Extent.CALL)
    with wired.proxy.watching(watched):
        assert wired.put() == seen
        assert wired.carried_out(carried_out) == carried_out
        assert wired.put() == "done"
    assert watched.broken == TRIES
    assert watched.calls == [PUT, Call(kind=PUT.kind, number=2)]


@pytest.mark.parametrize(("way", "carried_out"), [(Way.ERROR_BEFORE, 1), (Way.ERROR_AFTER, 2), (Way.TIME_OUT, 2)])
def test_one_broken_request_is_sent_again(wired: Wired, way: Way, carried_out: int) -> None:
    watched = watch(way, Extent.REQUEST)
    with wired.proxy.watching(watched):
        assert wired.put() == "done"
    assert wired.carried_out(carried_out) == carried_out
    assert (watched.broken, watched.calls) == (1, [PUT])


def test_every_call_is_broken_from_one_on_until_it_is_stopped(wired: Wired) -> None:
    watched = watch(Way.ERROR_BEFORE, Extent.EVERY, number=2)
    with wired.proxy.watching(watched):
        assert [wired.put() for _ in range(3)] == ["done", "InternalServerError", "InternalServerError"]
        watched.stop()
        assert wired.put() == "done"


def test_other_uploads_pass(wired: Wired) -> None:
    watched = watch(Way.ERROR_BEFORE, Extent.EVERY)
    with wired.proxy.watching(watched):
        assert wired.put(OTHER) == "done"
        with watched.also_known_by(OTHER):
            assert wired.put(OTHER) == "InternalServerError"
        assert wired.put(OTHER) == "done"
    assert wired.put() == "done"


def batch(client: Any) -> None:
    statement = """INSERT INTO "txn-transactions-local" VALUE {'upload_id': ?}"""
    client.batch_execute_statement(Statements=[{"Statement": statement, "Parameters": [{"S": UPLOAD}]}])


@pytest.mark.parametrize(
    ("service", "do", "name"),
    [
        ("dynamodb", batch, "BatchExecuteStatement transactions"),
        ("s3", lambda s3: s3.put_object(Bucket="b", Key=f"loads/nordbank/{UPLOAD}/1", Body=b"x"), "PutObject loads"),
        ("s3", lambda s3: s3.get_object(Bucket="b", Key=f"reports/nordbank/{UPLOAD}"), "GetObject reports"),
        (
            "sns",
            lambda sns: sns.publish(TopicArn="arn:aws:sns:eu-central-1:0:txn-outcomes-local", Message=UPLOAD),
            "Publish outcomes",
        ),
    ],
)
def test_calls_are_named(wired: Wired, service: str, do: Callable[[Any], object], name: str) -> None:
    watched = Watched(UPLOAD)
    with wired.proxy.watching(watched):
        do(wired.client(service))
    assert [(call.kind.function, call.name) for call in watched.calls] == [("intake", name)]
    assert watched.in_workflow is False
