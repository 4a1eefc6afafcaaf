"""The page for people: one file that loads nothing else, and a policy that allows nothing else."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Final

from functions.web.page import headers, page

_BUCKET: Final = "txn-reports-dev-123456789012-eu-central-1"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.attributes: list[tuple[str, str, str]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  HTMLParser passes it
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.inline:
            self.inline[self._inside].append(data)


def _read() -> _Reader:
    reader = _Reader()
    reader.feed(page())
    return reader


def _policy() -> dict[str, list[str]]:
    directives = headers(_BUCKET, "eu-central-1")["content-security-policy"].split("; ")
    return {name: sources for name, *sources in map(str.split, directives)}


def test_the_policy_allows_the_pages_own_script_and_style_by_their_hashes_and_no_others() -> None:
    for element, texts in _read().inline.items():
        hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in texts]
        assert len(hashes) == 1
        assert _policy()[f"{element}-src"] == [f"'sha256-{each}'" for each in hashes]
    assert _policy()["default-src"] == ["'none'"]


def test_the_page_may_reach_its_api_and_the_reports_bucket_only() -> None:
    assert _policy()["connect-src"] == ["'self'", f"https://{_BUCKET}.s3.eu-central-1.amazonaws.com"]


def test_the_page_loads_nothing_and_has_no_code_in_attributes() -> None:
    for tag, name, value in _read().attributes:
        assert name != "src"
        assert name != "style"
        assert not name.startswith("on")
        assert name != "href" or value == "" or value.startswith("data:"), tag
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page())


def test_the_page_is_not_framed_and_tells_no_other_site_where_it_is() -> None:
    sent = headers(_BUCKET, "eu-central-1")
    assert _policy()["frame-ancestors"] == ["'none'"]
    assert (sent["referrer-policy"], sent["x-content-type-options"]) == ("no-referrer", "nosniff")
