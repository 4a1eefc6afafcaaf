"""The form that we send is the form that the functions' parser reads."""

from email.message import Message
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from multipart import MultipartParser

from tools.client.multipart import file_form


def parsed(content_type: str, body: bytes) -> tuple[str, str, bytes]:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    assert isinstance(boundary, str)
    (part,) = MultipartParser(BytesIO(body), boundary, strict=True).parts()
    return part.name, part.filename, part.raw


@given(st.binary(max_size=500))
def test_any_bytes_arrive_as_they_were_sent(content: bytes) -> None:
    form = file_form("report", "a.csv", content)
    assert parsed(form.content_type, form.body) == ("report", "a.csv", content)


def test_quotes_and_line_ends_in_a_file_name_arrive_and_do_no_harm() -> None:
    name = 'a"b\r\nc.csv'
    form = file_form("report", name, b"x")
    assert parsed(form.content_type, form.body) == ("report", name, b"x")
