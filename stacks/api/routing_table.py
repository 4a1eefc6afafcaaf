"""The API's methods: path, function, parameters, and whether they need an API key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts.api import (
    CURRENCY_PARAMETER,
    CURSOR_PARAMETER,
    DATE_PARAMETER,
    ERRORS_PATH,
    FROM_PARAMETER,
    HEALTH_PATH,
    LIMIT_PARAMETER,
    STATUS_PARAMETER,
    TO_PARAMETER,
    TRANSACTIONS_PATH,
    UPLOAD_ID_PARAMETER,
    UPLOAD_PATH,
    UPLOADS_PATH,
    VALIDATE_PATH,
)
from shared.infra.refs import FunctionRef
from stacks.compute.stack import ComputeOutputs

_ONE_UPLOAD: Final = (UPLOADS_PATH, f"{{{UPLOAD_ID_PARAMETER}}}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method on a path."""

    name: str
    """Construct id, and statement in the function's policy."""
    method: str
    path: tuple[str, ...]
    """Its parts; none for `/`. A parameter is in braces."""
    function: FunctionRef
    headers: tuple[str, ...] = ()
    """Headers that are required."""
    query: tuple[str, ...] = ()
    """Parameters that are optional."""
    required_query: tuple[str, ...] = ()
    keyless: bool = False
    """Whether it is answered without an API key."""
    declares: bool = False
    """Whether the body is a declaration, in JSON."""


def routing_table(functions: ComputeOutputs, *, preflights: bool) -> Sequence[Route]:
    """All methods of the API.

    Args:
        functions: that answer them.
        preflights: whether web pages of other origins may call the API: their browsers ask first, by OPTIONS.
    """
    routes = _routes(functions)
    paths = dict.fromkeys(each.path for each in routes) if preflights else {}
    return (*routes, *(_preflight(path, functions.web) for path in paths))


def _preflight(path: tuple[str, ...], web: FunctionRef) -> Route:
    words = [part.strip("{}").replace("_", "-") for part in path] or ["page"]
    return Route(name=f"ask-{'-'.join(words)}", method="OPTIONS", path=path, function=web, keyless=True)


def _routes(functions: ComputeOutputs) -> Sequence[Route]:
    return (
        Route(
            name="post-upload",
            method="POST",
            path=(UPLOAD_PATH,),
            function=functions.intake,
            headers=("Content-Type",),
        ),
        Route(
            name="declare-upload",
            method="POST",
            path=(UPLOADS_PATH,),
            function=functions.declaration,
            headers=("Content-Type",),
            declares=True,
        ),
        Route(
            name="validate-report",
            method="POST",
            path=(VALIDATE_PATH,),
            function=functions.precheck,
            headers=("Content-Type",),
        ),
        Route(
            name="list-uploads",
            method="GET",
            path=(UPLOADS_PATH,),
            function=functions.status,
            query=(STATUS_PARAMETER, FROM_PARAMETER, TO_PARAMETER, LIMIT_PARAMETER, CURSOR_PARAMETER),
        ),
        Route(name="get-upload", method="GET", path=_ONE_UPLOAD, function=functions.status),
        Route(
            name="list-errors",
            method="GET",
            path=(*_ONE_UPLOAD, ERRORS_PATH),
            function=functions.status,
            query=(LIMIT_PARAMETER, CURSOR_PARAMETER),
        ),
        Route(
            name="list-transactions",
            method="GET",
            path=(TRANSACTIONS_PATH,),
            function=functions.transactions,
            required_query=(DATE_PARAMETER,),
            query=(CURRENCY_PARAMETER, LIMIT_PARAMETER, CURSOR_PARAMETER),
        ),
        Route(name="get-page", method="GET", path=(), function=functions.web, keyless=True),
        Route(name="get-health", method="GET", path=(HEALTH_PATH,), function=functions.web, keyless=True),
    )
