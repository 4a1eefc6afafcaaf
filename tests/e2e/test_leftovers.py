"""A deployed environment is visible in its tags, by which `./dev leftovers` finds it."""

import pytest

from local.cloud.clients import SUFFIX
from local.deployment.outputs import Pipeline
from shared.infra.tags import APPLICATION
from tools.operations.leftovers import environments_of

pytestmark = pytest.mark.e2e


def test_a_deployed_environment_is_found_by_its_tags(pipeline: Pipeline) -> None:
    cloud = pipeline.cloud
    client = cloud.client("resourcegroupstaggingapi")
    pages = client.get_paginator("get_resources").paginate(TagFilters=[{"Key": "Application", "Values": [APPLICATION]}])
    assert environments_of(pages) == {SUFFIX, "shared"}
