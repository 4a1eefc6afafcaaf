"""The clients of a local cloud."""

from local.cloud.clients import Cloud


def test_a_client_is_created_once() -> None:
    cloud = Cloud(endpoint_url="http://127.0.0.1:4566")
    cloud.prepare()
    created = cloud.sqs
    assert cloud.sqs is created
    assert cloud.dynamodb.meta.endpoint_url == "http://127.0.0.1:4566"
