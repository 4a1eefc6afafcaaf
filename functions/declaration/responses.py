"""Responses of POST /uploads: 201 with a link, 200 for a report that is stored already."""

from http import HTTPMethod, HTTPStatus

from functions.common.http import Response
from functions.common.rendering import upload_body
from functions.declaration.declaration import AlreadyKnown, Declared


def render(decision: Declared | AlreadyKnown) -> Response:
    """The response to a declaration."""
    body = upload_body(decision.upload)
    if isinstance(decision, AlreadyKnown):
        return Response(status=HTTPStatus.OK.value, body=body)
    link = decision.link
    put = {
        "url": link.url,
        "method": HTTPMethod.PUT.value,
        "headers": dict(link.headers),
        "expires_at": link.expires_at,
    }
    return Response(status=HTTPStatus.CREATED.value, body=body | {"put": put})
