"""Connects the functions to the simulation: clients, clock, waiting, randomness; ids come from the seed, too.

The functions' code is unchanged: what is replaced are the names under which modules have found these sources.
"""

import importlib
import logging
import os
import pkgutil
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, tzinfo
from random import Random, SystemRandom
from types import ModuleType, SimpleNamespace
from typing import Any, Final, Protocol, Self
from unittest.mock import patch

import functions
from functions.common import logs, reports
from functions.common.aws import clients, parts, reports_bucket
from functions.common.form import parts as form
from functions.report.parsing import blocks
from functions.report.result import ranges
from functions.transformation import loader
from shared.contracts import environment, uploads
from shared.contracts.functions import FunctionName
from stacks.compute import trigger

REGION: Final = "eu-central-1"
ACCOUNT: Final = "123456789012"
BUCKET: Final = "reports"
BANKS_TABLE: Final = "banks"
UPLOADS_TABLE: Final = "uploads"
TRANSACTIONS_TABLE: Final = "transactions"
TOPIC_ARN: Final = f"arn:aws:sns:{REGION}:{ACCOUNT}:outcomes"
MACHINE_ARN: Final = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:load"
LARGE_MACHINE_ARN: Final = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:large-load"
DEAD_LETTERS_URL: Final = "https://sqs/dead-letters"
EVENT_DEAD_LETTERS_URL: Final = "https://sqs/event-dead-letters"
EPOCH: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)

MAX_SMALL_BYTES: Final = 1_700
"""The largest report that fits in one request: one of 30 rows does, one of 38 does not."""
PART_BYTES: Final = 600
"""Of an object that is stored in parts."""

# Small, so that a report of 30 rows has several blocks, ranges and batches, and one of 40 is a large one.
_SIZES: Final = (
    *((module, "MAX_REPORT_BYTES", MAX_SMALL_BYTES) for module in (uploads, form, trigger)),
    (reports_bucket, "CHUNK_BYTES", 500),
    (reports, "MAX_ERRORS", 3),
    (blocks, "BLOCK_BYTES", 260),
    (ranges, "MAX_RANGE_ROWS", 7),
    (loader, "BATCH_ROWS", 4),
    (loader, "READ_ROWS", 5),
    (loader, "TRANSACTION_ROWS", 3),
)
_VARIABLES: Final = {
    environment.REPORTS_BUCKET: BUCKET,
    environment.BANKS_TABLE: BANKS_TABLE,
    environment.UPLOADS_TABLE: UPLOADS_TABLE,
    environment.TRANSACTIONS_TABLE: TRANSACTIONS_TABLE,
    environment.OUTCOMES_TOPIC_ARN: TOPIC_ARN,
    environment.STATE_MACHINE_ARN: MACHINE_ARN,
    environment.LARGE_STATE_MACHINE_ARN: LARGE_MACHINE_ARN,
    environment.ENVIRONMENT_SUFFIX: "simulation",
    environment.LOG_LEVEL: "CRITICAL",
}


class Sources(Protocol):
    """What a run provides."""

    random: Random

    def client(self, service: str) -> Any:
        """The client of a service."""
        ...

    def utc_now(self) -> datetime:
        """The simulated time."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let the process wait."""
        ...


class _Current:
    sources: Sources | None = None


def current() -> Sources:
    """The run that is going on."""
    assert _Current.sources is not None, "no run is going on"
    return _Current.sources


@contextmanager
def running(sources: Sources) -> Iterator[None]:
    """Let the functions work in a run."""
    _Current.sources = sources
    try:
        yield
    finally:
        _Current.sources = None


@contextmanager
def installed() -> Iterator[None]:
    """Connect all functions, as long as the block runs."""
    _import_all()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _VARIABLES))
        for module, name, size in _SIZES:
            stack.enter_context(patch.object(module, name, size))
        stack.enter_context(patch.dict(parts.store_in_parts.__kwdefaults__, part_bytes=PART_BYTES))
        for service in ("dynamodb", "s3", "sns", "sqs", "stepfunctions"):
            if hasattr(clients, service):
                stack.enter_context(patch.object(clients, service, _client(service)))
        for module, name, value in list(_rebound()):
            stack.enter_context(patch.object(module, name, value))
        # Setting the loggers up for each invocation takes a tenth of a run, and nothing is logged.
        stack.enter_context(patch.object(logs, "_set_up", lambda _root: None))
        stack.enter_context(_silent())
        clear_caches()
        stack.callback(clear_caches)
        yield


@contextmanager
def _silent() -> Iterator[None]:
    logger = logging.getLogger("functions")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def clear_caches() -> None:
    """Let the functions be wired again."""
    for name in FunctionName:
        module = sys.modules.get(f"functions.{name.folder}.handler")
        wire = getattr(module, "wire", None)  # what uses no AWS has none
        if wire is not None:
            wire.cache_clear()


def _client(service: str) -> Callable[[], Any]:
    proxy = _Client(service)
    return lambda: proxy


class _Client:
    """The client of whichever run is going on, so that wired functions serve all of them."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Any:
        return getattr(current().client(self._service), name)

    def get_paginator(self, operation: str) -> "_Paginator":
        """One that outlives a run, as the wired functions keep it."""
        return _Paginator(self._service, operation)


class _Paginator:
    def __init__(self, service: str, operation: str) -> None:
        self._service = service
        self._operation = operation

    def paginate(self, **parameters: Any) -> Any:
        """The pages of the run that is going on."""
        return current().client(self._service).get_paginator(self._operation).paginate(**parameters)


class _SimulatedDateTime(datetime):
    """`datetime`, whose present is the simulation's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The simulated time."""
        return current().utc_now().astimezone(tz)


class _SimulatedRandom(Random):
    """The operating system's randomness, from the seed."""

    def random(self) -> float:
        """A number of the run's own generator."""
        return current().random.random()

    def getrandbits(self, k: int, /) -> int:
        """Bits of the run's own generator."""
        return current().random.getrandbits(k)


class _InTurn:
    """A pool of threads that has one: a run has no threads of its own, but takes turns."""

    def __init__(self, max_workers: int) -> None:
        del max_workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def map(self, work: Callable[..., Any], *given: Iterable[Any]) -> Iterator[Any]:
        """See `Executor.map`."""
        return iter([work(*each) for each in zip(*given, strict=False)])


def _uuid4() -> uuid.UUID:
    return uuid.UUID(int=current().random.getrandbits(128), version=4)


def _sleep(seconds: float) -> None:
    current().sleep(seconds)


def _no_such_source(name: str) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise AssertionError(f"the simulation does not provide {name}")

    return fail


def _module(original: ModuleType, **replaced: Any) -> SimpleNamespace:
    """A module of which only some functions exist."""
    names = {name: _no_such_source(f"{original.__name__}.{name}") for name in dir(original) if name[0] != "_"}
    return SimpleNamespace(**names | replaced)


def _rebound() -> Iterator[tuple[ModuleType, str, Any]]:
    """Every name in a module of ours that is bound to a source of time, waiting or randomness, and its replacement."""
    replacements = {
        id(time): _module(time, sleep=_sleep),
        id(time.sleep): _sleep,
        id(SystemRandom): _SimulatedRandom,
        id(uuid.uuid4): _uuid4,
        id(uuid): _module(uuid, uuid4=_uuid4, UUID=uuid.UUID),
        id(random): _module(random, SystemRandom=_SimulatedRandom, Random=Random),
        id(datetime): _SimulatedDateTime,
        id(ThreadPoolExecutor): _InTurn,
    }
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] == "functions":
            for name, value in list(vars(module).items()):
                if id(value) in replacements:
                    yield module, name, replacements[id(value)]


def _import_all() -> None:
    """Import every module of the functions before names are replaced."""
    for found in pkgutil.walk_packages(functions.__path__, "functions."):
        importlib.import_module(found.name)
