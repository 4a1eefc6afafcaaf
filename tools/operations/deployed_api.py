"""The API of a deployed environment, as one of its banks calls it: found by the names of the API and of the key."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.infra.naming import Namer, ResourceKind
from shared.infra.settings.settings import Settings
from tools.client.api import ApiClient, local_url
from tools.client.uploads import LOCAL_PAUSE_SECONDS, PAUSE_SECONDS
from tools.errors import ToolError

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient


def find_api(client: "APIGatewayClient", settings: Settings, bank_id: str, variables: Mapping[str, str]) -> ApiClient:
    """Find an environment's API and a bank's first key by their names.

    Args:
        client: for the account.
        settings: of the environment.
        bank_id: whose key.
        variables: environment variables; on the local cloud `AWS_ENDPOINT_URL` is where the API is.

    Raises:
        ToolError: the environment has no such bank, or not exactly one API, stage and key of that name is deployed.
    """
    if bank_id not in settings.banks:
        raise ToolError(f"{settings.suffix} has no bank {bank_id!r}; its banks: {', '.join(settings.banks)}")
    namer = Namer(suffix=settings.suffix, account_id=settings.account_id, region=settings.region)
    name = namer.name("api", ResourceKind.API)
    apis = [each for page in client.get_paginator("get_rest_apis").paginate() for each in page["items"]]
    api_id = _only([each["id"] for each in apis if each["name"] == name], "API", name)
    stage = _only([each["stageName"] for each in client.get_stages(restApiId=api_id)["item"]], "stage of the API", name)
    name = namer.api_key(bank_id, settings.banks[bank_id].keys[0])
    keys = [each for page in client.get_paginator("get_api_keys").paginate(nameQuery=name) for each in page["items"]]
    key_id = _only([each["id"] for each in keys if each["name"] == name], "API key", name)
    key = client.get_api_key(apiKey=key_id, includeValue=True)["value"]
    own = f"{api_id}.execute-api.{settings.region}.amazonaws.com"
    # While both work, the one that needs no DNS record: the first deploy of a domain comes before its record.
    host = own if settings.keep_default_endpoint else settings.domain or own
    url = f"https://{host}/{stage}"
    if settings.local_cloud:
        url = local_url(variables["AWS_ENDPOINT_URL"], url)
    return ApiClient(url=url, api_key=key)


def pause_between_requests(settings: Settings) -> float:
    """Seconds between two questions for an upload's status, at least; the local cloud is asked more often."""
    return LOCAL_PAUSE_SECONDS if settings.local_cloud else PAUSE_SECONDS


def _only(found: Sequence[str], what: str, name: str) -> str:
    if len(found) != 1:
        raise ToolError(
            f"Expected one {what} {name!r}, found {len(found)}. Deploy the environment first: ./dev deploy."
        )
    return found[0]
