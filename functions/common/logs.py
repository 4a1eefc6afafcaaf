"""Logs: JSON lines with trace id, request id and, where known, upload and bank.

Only our own loggers may log below WARNING: botocore's DEBUG lines contain keys and reports.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, Protocol

from shared.contracts.environment import ENVIRONMENT_SUFFIX, LOG_LEVEL

TRACE_ID_VARIABLE: Final = "_X_AMZN_TRACE_ID"
"""Set by Lambda's runtime for each invocation."""

_fields: ContextVar[dict[str, object]] = ContextVar("log_fields", default={})  # noqa: B039 - never changed in place


class LambdaContext(Protocol):
    """The part of Lambda's context object that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        ...


class JsonFormatter(logging.Formatter):
    """One JSON object per record; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record, with the fields of the surrounding `log_fields`."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "environment": os.environ.get(ENVIRONMENT_SUFFIX),
            "trace_id": os.environ.get(TRACE_ID_VARIABLE),
            **_fields.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({key: value for key, value in line.items() if value is not None}, default=str)


def trace_id() -> str | None:
    """The id of this invocation's trace in X-Ray, like `1-5759e988-bd862e3fe1be46a994272793`; None without tracing."""
    parts = dict(each.partition("=")[::2] for each in os.environ.get(TRACE_ID_VARIABLE, "").split(";"))
    return parts.get("Root")


@contextmanager
def log_fields(**fields: object) -> Iterator[None]:
    """Add fields to every line that is logged inside the block."""
    token = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


@contextmanager
def invocation(context: LambdaContext, **fields: object) -> Iterator[None]:
    """Set up logging, and add the request id and `fields` to every line of one invocation."""
    _set_up(logging.getLogger())
    with log_fields(request_id=context.aws_request_id, **fields):
        yield


def _set_up(root: logging.Logger) -> None:
    """Use the root handler of Lambda's runtime; elsewhere, add one."""
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        if not isinstance(handler.formatter, JsonFormatter):
            handler.setFormatter(JsonFormatter())
    logging.getLogger("functions").setLevel(os.environ.get(LOG_LEVEL) or "INFO")
