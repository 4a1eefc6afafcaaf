"""The clients give up before Lambda does, so Retry and the caller see the error."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.common.aws import clients
from functions.common.deadline import LONGEST_CALL_SECONDS
from functions.web.page import headers

CLIENTS = (clients.dynamodb, clients.s3, clients.sns)
SHORTEST_FUNCTION_SECONDS = 29
LONGEST_WAITS_SECONDS = (1, 2, 4, 8)
"""Between attempts, in botocore's standard mode."""


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    yield
    for cached in CLIENTS:
        cached.cache_clear()


@pytest.mark.parametrize("of", ["eu-central-1", "us-east-1"])
def test_a_link_is_signed_for_the_buckets_regional_host_which_the_page_may_reach(
    monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", of)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")

    link = clients.s3().generate_presigned_url("get_object", Params={"Bucket": "b-1", "Key": "k"})

    host = f"https://b-1.s3.{of}.amazonaws.com"
    assert link.startswith(f"{host}/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert host in headers("b-1", of)["content-security-policy"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_hanging_connection_is_given_up_before_the_shortest_function_times_out(
    client: Callable[[], Any],
) -> None:
    config = client().meta.config
    tries = config.retries["total_max_attempts"]
    trying = tries * (config.connect_timeout + config.read_timeout)

    assert config.retries["mode"] == "standard"
    assert trying + sum(LONGEST_WAITS_SECONDS[: tries - 1]) == LONGEST_CALL_SECONDS < SHORTEST_FUNCTION_SECONDS


@pytest.mark.parametrize("in_lambda", [False, True])
def test_clients_are_created_during_init_in_lambda_only(monkeypatch: pytest.MonkeyPatch, *, in_lambda: bool) -> None:
    if in_lambda:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "txn-status-dev")
    clients.create_during_init(clients.dynamodb, clients.s3)
    created = [cached.cache_info().currsize for cached in CLIENTS]
    assert created == ([1, 1, 0] if in_lambda else [0, 0, 0])
