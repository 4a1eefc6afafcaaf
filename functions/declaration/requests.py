"""Reads a declaration out of the request's JSON body."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.common.http import JSON, ProblemError, Request
from functions.declaration.declaration import Declaration
from functions.report.errors.validation_error import printable
from functions.report.format.definition import Code
from shared.contracts.api import FILE_NAME_FIELD, MAX_DECLARED_BYTES, MAX_FILE_NAME, SHA256_FIELD, SIZE_FIELD
from shared.contracts.problems import ProblemType

_FIELDS: Final = (FILE_NAME_FIELD, SIZE_FIELD, SHA256_FIELD)
_SHA256: Final = re.compile("[0-9a-f]{64}")
_MAX_BODY_BYTES: Final = 8_192
"""A declaration with a name of 255 characters, each escaped in JSON as two times six, has 3.2 KB."""


def read_declaration(request: Request) -> Declaration:
    """Read the declaration.

    Raises:
        ProblemError: 415 for another content type or a compressed body; 400 for a body that is not one JSON object with
            exactly these fields, or whose values are invalid (all of them are named); 413 for a report that does not
            fit in one PUT.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "").strip().lower()
    if kind != JSON or coding not in ("", "identity"):
        detail = f"Expected the content type {JSON}, uncompressed. Send the declaration as JSON."
        raise ProblemError(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail)
    fields = _parsed(request.body)
    wrong = list(_wrong(fields))
    if wrong:
        raise _bad_request(f"The declaration is invalid: {'; '.join(wrong)}.")
    if fields[SIZE_FIELD] > MAX_DECLARED_BYTES:
        raise ProblemError(
            ProblemType.REPORT_TOO_LARGE,
            f"The report is too large: at most {MAX_DECLARED_BYTES:,} bytes fit in one PUT to S3."
            " Submit it as several reports.",
            code=Code.FILE_TOO_LARGE.value,
        )
    return Declaration(file_name=fields[FILE_NAME_FIELD], size=fields[SIZE_FIELD], sha256=fields[SHA256_FIELD])


def _parsed(body: bytes) -> Mapping[str, Any]:
    if len(body) > _MAX_BODY_BYTES:
        raise _bad_request(f"The declaration has more than {_MAX_BODY_BYTES:,} bytes. Do not send the report itself.")
    try:
        parsed = json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _bad_request("The body is not one JSON object in UTF-8 in which each name occurs once.") from error
    if not isinstance(parsed, dict):
        raise _bad_request(f"The body is not a JSON object. Send one with the fields {', '.join(_FIELDS)}.")
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name is repeated: readers differ in which of them counts."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name is repeated")
    return fields


def _wrong(fields: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with each field."""
    yield from (f"{name} is missing" for name in _FIELDS if name not in fields)
    yield from (f"unknown field {printable(name)!a}" for name in fields if name not in _FIELDS)
    if FILE_NAME_FIELD in fields and not _is_file_name(fields[FILE_NAME_FIELD]):
        yield f"{FILE_NAME_FIELD} must be a text of 1 to {MAX_FILE_NAME} printable characters"
    if SIZE_FIELD in fields and not _is_size(fields[SIZE_FIELD]):
        yield f"{SIZE_FIELD} must be the report's size in bytes, a whole number from 1 to {MAX_DECLARED_BYTES:,}"
    if SHA256_FIELD in fields and not _is_digest(fields[SHA256_FIELD]):
        yield f"{SHA256_FIELD} must be the report's SHA-256 as 64 lower-case hexadecimal digits"


def _is_file_name(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= MAX_FILE_NAME and value.isprintable()


def _is_size(value: object) -> bool:
    # JSON's true is a bool, which Python counts as an int.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _bad_request(detail: str) -> ProblemError:
    return ProblemError(ProblemType.INVALID_DECLARATION, detail)
