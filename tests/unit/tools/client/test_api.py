"""Where the API is on the local cloud."""

import pytest

from tools.client.api import local_url
from tools.errors import ToolError


def test_ministack_serves_a_stage_below_its_own_address() -> None:
    at_aws = "https://a1b2.execute-api.eu-central-1.amazonaws.com/v1"
    assert local_url("http://127.0.0.1:1", at_aws) == "http://127.0.0.1:1/restapis/a1b2/v1/_user_request_"


def test_a_url_that_is_no_stage_is_refused_with_its_text() -> None:
    with pytest.raises(ToolError, match=r"api_url is 'https://example\.com', which is no stage"):
        local_url("http://127.0.0.1:1", "https://example.com")
