"""A file as multipart/form-data (RFC 7578), with nothing but the standard library."""

import secrets
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Form:
    """A request's body and the header that describes it."""

    content_type: str
    body: bytes


def file_form(field: str, file_name: str, content: bytes) -> Form:
    """Encode one file as a form's only field.

    Args:
        field: name of the form's field.
        file_name: as the receiver is to know it; quotes and line ends in it are percent-encoded, as browsers do.
        content: the file's bytes.
    """
    boundary = _boundary(content)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{_quoted(field)}"; filename="{_quoted(file_name)}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return Form(content_type=f"multipart/form-data; boundary={boundary}", body=body)


def _boundary(content: bytes) -> str:
    while (boundary := secrets.token_hex(16)).encode() in content:
        pass
    return boundary


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
