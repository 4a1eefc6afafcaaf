"""Lambda entry of GET /, GET /health and OPTIONS of every path."""

import os
from http import HTTPMethod, HTTPStatus
from typing import Final

from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, serve
from functions.common.logs import LambdaContext
from functions.common.settings import require
from functions.web.page import headers, page
from shared.contracts.api import API_KEY_HEADER, HEALTH_PATH
from shared.contracts.environment import REPORTS_BUCKET

_PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": f"content-digest, content-type, {API_KEY_HEADER}",
    "access-control-max-age": "7200",
}
"""What a page of an allowed origin may send. Two hours are the most that Chromium remembers."""


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, answer)


def answer(request: Request) -> Response:
    """Answer one of the paths that need no key; API Gateway lets no other through."""
    if request.method == HTTPMethod.OPTIONS:
        return Response(status=HTTPStatus.NO_CONTENT.value, body="", headers=_PREFLIGHT)
    if request.resource == f"/{HEALTH_PATH}":
        return Response(status=HTTPStatus.OK.value, body={"status": "ok"})
    bucket = require(REPORTS_BUCKET)[REPORTS_BUCKET]
    # Lambda sets the region in every environment.
    return Response(status=HTTPStatus.OK.value, body=page(), headers=headers(bucket, os.environ["AWS_REGION"]))
