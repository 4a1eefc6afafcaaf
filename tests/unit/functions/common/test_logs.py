"""Every line is one JSON object that names its request, trace, bank and upload."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest

from functions.common.logs import JsonFormatter, invocation, log_fields
from tests.unit.functions.fakes import FakeContext

LOG = logging.getLogger("functions.test")


@pytest.fixture
def written() -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    LOG.addHandler(handler)
    yield stream
    LOG.removeHandler(handler)


@contextmanager
def bare_root() -> Iterator[logging.Logger]:
    """The root logger without pytest's handlers."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers.clear()
    yield root
    root.handlers[:] = handlers


def test_a_line_names_request_trace_environment_bank_and_upload(
    written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3")
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "pr1")

    with invocation(FakeContext(), upload_id="u1"), log_fields(bank_id="nordbank"):
        LOG.info("stored %s", "it", extra={"fields": {"rows": 3}})

    line = json.loads(written.getvalue())
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "functions.test",
        "message": "stored it",
        "environment": "pr1",
        "trace_id": "Root=1-2-3",
        "request_id": "request-1",
        "upload_id": "u1",
        "bank_id": "nordbank",
        "rows": 3,
    }


def test_fields_end_with_their_block(written: StringIO) -> None:
    with invocation(FakeContext()):
        with log_fields(bank_id="nordbank"):
            pass
        LOG.info("after")

    assert "bank_id" not in json.loads(written.getvalue())


def test_an_exception_is_part_of_its_line(written: StringIO) -> None:
    with invocation(FakeContext()):
        try:
            raise KeyError("x")  # noqa: TRY301 - an exception to log
        except KeyError:
            LOG.exception("failed")

    assert "KeyError: 'x'" in json.loads(written.getvalue())["exception"]


def test_a_handler_is_added_only_if_the_runtime_has_none() -> None:
    with bare_root() as root:
        with invocation(FakeContext()):
            added = root.handlers[0]
        with invocation(FakeContext()):
            assert root.handlers == [added]

    assert isinstance(added.formatter, JsonFormatter)


def test_the_log_level_applies_to_our_loggers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")

    with invocation(FakeContext()):
        assert LOG.isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("botocore").isEnabledFor(logging.DEBUG)
    monkeypatch.delenv("LOG_LEVEL")
    with invocation(FakeContext()):
        assert not LOG.isEnabledFor(logging.DEBUG)
