"""The deployed pipeline as a client finds it: the API's URL, the banks' keys, the names of tables and queues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.cloud.clients import Cloud
from shared.infra.stack_names import StackName
from tools.client.api import ApiClient, local_url
from tools.operations.cdktf.assembly import Stack
from tools.operations.state.states import read_state


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What has been deployed to one local cloud."""

    cloud: Cloud
    api_url: str
    """The stage's, without a slash at its end."""
    keys: Mapping[str, str]
    """A bank's first API key by bank id."""
    reports_bucket: str
    uploads_table: str
    transactions_table: str
    outcomes_topic_arn: str
    dead_letter_queue_url: str

    def client(self, bank_id: str) -> ApiClient:
        """The API with a bank's key."""
        return ApiClient(url=self.api_url, api_key=self.keys[bank_id])

    def dead_letters(self) -> int:
        """How many messages the dead-letter queue holds."""
        counted = self.cloud.sqs.get_queue_attributes(
            QueueUrl=self.dead_letter_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(counted["Attributes"]["ApproximateNumberOfMessages"])


def find_pipeline(cloud: Cloud, stacks: Iterable[Stack]) -> Pipeline:
    """Find what was deployed.

    Args:
        cloud: where it was deployed to.
        stacks: with their outputs in their states.

    Raises:
        ToolError: the API's URL is malformed.
    """
    outputs = {stack.id: read_state(stack).outputs for stack in stacks}
    data, api = outputs[StackName.DATA], outputs[StackName.API]
    return Pipeline(
        cloud=cloud,
        api_url=local_url(cloud.endpoint_url, api["api_url"]),
        keys={bank_id: _key(cloud, min(ids.items())[1]) for bank_id, ids in api["api_key_ids"].items()},
        reports_bucket=data["reports_bucket"],
        uploads_table=data["uploads_table"],
        transactions_table=data["transactions_table"],
        outcomes_topic_arn=data["outcomes_topic_arn"],
        dead_letter_queue_url=data["dead_letter_queue_url"],
    )


def _key(cloud: Cloud, key_id: str) -> str:
    return cloud.apigateway.get_api_key(apiKey=key_id, includeValue=True)["value"]
