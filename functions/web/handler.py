"""Lambda entry of GET /, GET /health and OPTIONS of every path."""

from http import HTTPStatus
from typing import Final

from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, serve
from functions.common.logs import LambdaContext
from shared.contracts.api import HEALTH_PATH

_PAGE: Final = "<!doctype html><title>Transaction Pipeline</title>"


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, answer)


def answer(request: Request) -> Response:
    """Answer one of the paths that need no key; API Gateway lets no other through."""
    if request.resource == f"/{HEALTH_PATH}":
        return Response(status=HTTPStatus.OK.value, body={"status": "ok"})
    return Response(status=HTTPStatus.OK.value, body=_PAGE, headers={"content-type": "text/html; charset=utf-8"})
