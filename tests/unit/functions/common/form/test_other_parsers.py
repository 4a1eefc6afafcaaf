"""What the API reads of a form, Python's email package and Werkzeug read the same of it, byte for byte."""

import email.policy
from base64 import b64encode
from collections.abc import Sequence
from email import message_from_bytes
from io import BytesIO
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from hypothesis import event, given
from hypothesis import strategies as st
from werkzeug.formparser import MultiPartParser

from functions.common.form.parts import read_parts
from functions.common.http import ProblemError, Request
from tests.unit.functions.bank import BOUNDARY

if TYPE_CHECKING:
    from email.message import Message

DELIMITER = f"--{BOUNDARY}".encode()
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
LINE_ENDS = st.sampled_from([b"\r\n"] * 20 + [b"\n", b"\r", b""])
TEXTS = st.binary(max_size=30) | st.sampled_from(
    [b"", b"a,b\r\nc\n", b"\r\n", b"\r\n--", b"\n" + DELIMITER, DELIMITER + b"--", DELIMITER[:-1], b"\r\n\r\n"]
)
NAMES = st.sampled_from(["report", "rows", "total_EUR", "", "a;b", "a%22", "a\\", "a\\b"])
HEADERS = st.sampled_from(
    [
        b"Content-Type: text/csv",
        b"content-type: text/plain; charset=utf-16",
        b"Content-Type: multipart/mixed; boundary=x",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: 8bit",
        b"Content-Encoding: gzip",
        b"Content-Length: 3",
        b'Content-Disposition: form-data; name="memo"',
        b"X-Other: a\rb",
        b" folded",
    ]
)


class Field(NamedTuple):
    """A field of a form, as all of the parsers know it."""

    name: str
    is_file: bool
    content: bytes


@st.composite
def dispositions(draw: st.DrawFn) -> bytes:
    """A Content-Disposition with a name, and mostly with more."""
    name = draw(NAMES)
    parameters = [draw(st.sampled_from([f'name="{name}"', f"name={name}", f'name="{name}']))]
    parameters += draw(
        st.lists(
            st.sampled_from(
                [
                    'filename="a.csv"',
                    "filename=b.csv",
                    'filename="a\\"b"',
                    "filename*=UTF-8''c.csv",
                    'name="x"',
                    "size=1",
                ]
            ),
            max_size=2,
        )
    )
    if draw(st.booleans()):
        parameters.reverse()
    kind = draw(st.sampled_from(["form-data"] * 6 + ["Form-Data", "attachment"]))
    return f"Content-Disposition: {kind}; {'; '.join(parameters)}".encode()


GOOD_DISPOSITIONS = st.sampled_from(
    [
        b'Content-Disposition: form-data; name="report"; filename="a.csv"',
        b"Content-Disposition: form-data; filename=b.csv; name=report",
        b'content-disposition: Form-Data; name="report"; filename="a"; filename*=UTF-8\'\'c.csv',
        b'Content-Disposition: form-data; name="total_EUR"',
        b'Content-Disposition: form-data; name="a;b";size=1',
    ]
)
GOOD_HEADERS = st.sampled_from(
    [b"Content-Type: text/csv", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bodies that are forms, or nearly; in half of them only the contents can be odd, so that many are accepted."""
    odd = draw(st.booleans())
    disposition, others = (dispositions(), HEADERS) if odd else (GOOD_DISPOSITIONS, GOOD_HEADERS)
    line_ends = LINE_ENDS if odd else st.just(b"\r\n")
    parts = []
    for _ in range(draw(st.integers(0 if odd else 1, 3))):
        headers = [draw(disposition), *draw(st.lists(others, max_size=1))]
        head = b"".join(each + draw(line_ends) for each in headers)
        parts.append(DELIMITER + draw(line_ends) + head + draw(line_ends) + draw(TEXTS) + b"\r\n")
    around = st.sampled_from([b""] * 8 + [b"\r\n", b"text\r\n", b" "])
    return draw(around) + b"".join(parts) + DELIMITER + b"--" + draw(line_ends) + draw(around)


def read_by_us(body: bytes) -> list[Field] | None:
    """None if the form is refused."""
    encoded = Request(headers={"content-type": TYPE}, body=body)
    try:
        return [Field(part.field, part.file_name is not None, part.content) for part in read_parts(encoded)]
    except ProblemError:
        return None


def read_by_email(body: bytes) -> list[Field]:
    message = message_from_bytes(b"Content-Type: " + TYPE.encode() + b"\r\n\r\n" + body, policy=email.policy.compat32)
    assert not message.defects
    return [
        Field(
            cast("str", part.get_param("name", header="content-disposition")),
            is_file=part.get_param("filename", header="content-disposition") is not None,
            content=cast("bytes", part.get_payload(decode=True)),
        )
        for part in cast("list[Message]", message.get_payload())
    ]


def _in_memory(
    total_content_length: int | None,  # noqa: ARG001  # by Werkzeug's protocol
    content_type: str | None,  # noqa: ARG001
    filename: str | None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> IO[bytes]:
    return BytesIO()


def read_by_werkzeug(body: bytes) -> list[Field]:
    parser = MultiPartParser(stream_factory=_in_memory)
    form, files = parser.parse(BytesIO(body), BOUNDARY.encode(), len(body))
    read = [Field(name, is_file=False, content=value.encode()) for name, value in form.items(multi=True)]
    return read + [Field(name, is_file=True, content=file.stream.read()) for name, file in files.items(multi=True)]


def in_order(fields: Sequence[Field]) -> list[Field]:
    """Werkzeug has the files apart, and text with what is not UTF-8 replaced."""
    return sorted(
        each if each.is_file else each._replace(content=each.content.decode(errors="replace").encode())
        for each in fields
    )


@given(body=bodies())
def test_a_form_that_is_accepted_is_read_the_same_by_others(body: bytes) -> None:
    fields = read_by_us(body)
    event("refused" if fields is None else f"accepted with {len(fields)} parts")
    if not fields:
        return

    assert in_order(fields) == in_order(read_by_email(body)), b64encode(body)
    assert in_order(fields) == in_order(read_by_werkzeug(body)), b64encode(body)
