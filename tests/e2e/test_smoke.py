"""The smoke test that follows a deployment to AWS, on the local cloud."""

import pytest

from local.cloud.clients import SUFFIX
from local.deployment.outputs import Pipeline
from shared.infra.settings.settings import read_settings
from tools.client.uploads import LOCAL_PAUSE_SECONDS, Clock
from tools.errors import ToolError
from tools.operations.deployed_api import find_api
from tools.operations.smoke import smoke

pytestmark = pytest.mark.e2e


def test_the_smoke_test_finds_api_and_key_by_name_and_completes(pipeline: Pipeline) -> None:
    variables = {"ENVIRONMENT_SUFFIX": SUFFIX, "AWS_ENDPOINT_URL": pipeline.cloud.endpoint_url}
    api = find_api(pipeline.cloud.apigateway, read_settings(variables), "nordbank", variables)
    assert api == pipeline.client("nordbank")
    upload = smoke(api, "nordbank", clock=Clock(), say=print, pause=LOCAL_PAUSE_SECONDS)
    assert upload.facts["totals"] == {"EUR": "0.00"}


def test_an_environment_that_is_not_deployed_is_reported(pipeline: Pipeline) -> None:
    with pytest.raises(ToolError, match="Expected one API 'txn-api-pr6616', found 0"):
        find_api(pipeline.cloud.apigateway, read_settings({"ENVIRONMENT_SUFFIX": "pr6616"}), "nordbank", {})


def test_an_unknown_bank_is_reported_with_the_banks_that_exist(pipeline: Pipeline) -> None:
    with pytest.raises(ToolError, match="local has no bank 'smoke'; its banks: alpenbank, bayside, nordbank"):
        find_api(pipeline.cloud.apigateway, read_settings({"ENVIRONMENT_SUFFIX": SUFFIX}), "smoke", {})
