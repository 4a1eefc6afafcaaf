"""The digests that come with a report: of the body, and of the report itself."""

from base64 import b64encode
from contextlib import suppress
from hashlib import sha256, sha512
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.form.content_digest import require_content_digest
from functions.common.http import ProblemError, Request
from tests.unit.functions.bank import World, body_of, field, form, part
from tests.unit.functions.report.reports import report, row

REPORT = report([row()])
BODY = form(part(REPORT))
SHA256, SHA512 = b64encode(sha256(BODY).digest()).decode(), b64encode(sha512(BODY).digest()).decode()
OTHER = b64encode(sha256(b"other").digest()).decode()


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"sha-256=:{SHA256}:",
        f"sha-256=:{SHA256.rstrip('=')}:",
        f"sha-512=:{SHA512}:",
        f"sha-256=:{SHA256}:, sha-512=:{SHA512}:",
        f" sha-256=:{SHA256}:\t,sha-512=:{SHA512}: ",
        f'sha-256=:{SHA256}:;note="a, b";n=1;flag',
        f"sha-256=:{OTHER}:, sha-256=:{SHA256}:",  # the last one counts (RFC 8941, 4.2.2)
        "md5=:AAAA:, unixsum=:AAAA:",
    ],
)
def test_a_body_with_its_digests_is_accepted(world: World, header: str) -> None:
    assert world.post(BODY, headers={"Content-Digest": header})["statusCode"] == 202


@pytest.mark.parametrize(
    "header", [f"sha-256=:{OTHER}:", f"sha-256=:{SHA256}:, sha-512=:{b64encode(bytes(64)).decode()}:"]
)
def test_a_body_with_another_digest_is_refused(world: World, header: str) -> None:
    answer = world.post(BODY, headers={"Content-Digest": header})

    assert answer["statusCode"] == 400
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:digest-mismatch"
    assert not world.uploads.items


@pytest.mark.parametrize(
    "header",
    [
        SHA256,
        f"sha-256={SHA256}",
        f"SHA-256=:{SHA256}:",
        f"sha-256=:{SHA256}",
        f"sha-256=:{SHA256}:,",
        f"sha-256=:{SHA256}: sha-512=:{SHA512}:",
        f"sha-256=:{SHA512}:",
        "sha-256=:A:",
        "sha-256=::",
        "sha-256",
        ",",
    ],
)
def test_a_malformed_header_is_refused(world: World, header: str) -> None:
    answer = world.post(BODY, headers={"Content-Digest": header})

    assert answer["statusCode"] == 400
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:invalid-request"
    assert "Content-Digest" in body_of(answer)["detail"]


@given(header=st.text(max_size=80) | st.text('sha-256=:;", A\\', max_size=40))
def test_any_header_is_accepted_or_refused(header: str) -> None:
    with suppress(ProblemError):
        require_content_digest(Request(headers={"content-digest": header}, body=BODY))


@given(body=st.binary(max_size=50), other=st.binary(max_size=50))
def test_a_digest_is_accepted_exactly_for_the_bytes_that_it_is_of(body: bytes, other: bytes) -> None:
    headers = {"content-digest": f"sha-256=:{b64encode(sha256(other).digest()).decode()}:"}

    def accepted() -> bool:
        try:
            require_content_digest(Request(headers=headers, body=body))
        except ProblemError:
            return False
        return True

    assert accepted() == (body == other)


@pytest.mark.parametrize("digest", [sha256(REPORT).hexdigest(), sha256(REPORT).hexdigest().upper()])
def test_a_report_with_its_sha256_is_accepted(world: World, digest: str) -> None:
    assert world.post(form(field("sha256", digest), part(REPORT)))["statusCode"] == 202


def test_a_report_with_another_sha256_is_refused_and_both_are_shown(world: World) -> None:
    answer = world.post(form(part(REPORT), field("sha256", "0" * 64)))

    assert answer["statusCode"] == 400
    assert body_of(answer)["type"] == "urn:transaction-pipeline:problem:digest-mismatch"
    assert sha256(REPORT).hexdigest() in body_of(answer)["detail"]
    assert "0" * 64 in body_of(answer)["detail"]
    assert not world.uploads.items


@pytest.mark.parametrize("digest", ["", "0" * 63, "g" * 64, " " + "0" * 64, "0" * 64 + "\n"])
def test_what_is_no_sha256_is_refused(world: World, digest: str) -> None:
    answer: Any = body_of(world.post(form(part(REPORT), field("sha256", digest))))

    assert answer["type"] == "urn:transaction-pipeline:problem:invalid-form"
    assert "64 hexadecimal digits" in answer["detail"]
