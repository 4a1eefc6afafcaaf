"""Which web pages may read an answer."""

import pytest

from functions.common.cors import cors_headers

ALLOWED = "https://bank.example https://other.example:8443"
ENVIRON = {"ALLOWED_ORIGINS": ALLOWED}


@pytest.mark.parametrize("name", ["Origin", "origin", "ORIGIN"])
@pytest.mark.parametrize("origin", ALLOWED.split())
def test_a_page_of_an_allowed_origin_may(name: str, origin: str) -> None:
    headers = cors_headers({name: origin}, ENVIRON)
    assert headers["access-control-allow-origin"] == origin
    assert "retry-after" in headers["access-control-expose-headers"]
    assert headers["vary"] == "origin"


@pytest.mark.parametrize(
    "origin",
    ["https://bank.example.evil.example", "http://bank.example", "https://bank.example:8443", "null", "*", "", ALLOWED],
)
def test_no_other_may(origin: str) -> None:
    assert cors_headers({"origin": origin}, ENVIRON) == {"vary": "origin"}
    assert cors_headers({}, ENVIRON) == {"vary": "origin"}


@pytest.mark.parametrize("environ", [{}, {"ALLOWED_ORIGINS": ""}])
def test_without_allowed_origins_there_are_no_headers(environ: dict[str, str]) -> None:
    assert not cors_headers({"origin": "https://bank.example"}, environ)
