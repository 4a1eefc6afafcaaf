"""The stage under which the API is reached: its deployment, logs, metrics and traces."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.api_gateway_deployment import ApiGatewayDeployment
from cdktf_cdktf_provider_aws.api_gateway_method_settings import (
    ApiGatewayMethodSettings,
    ApiGatewayMethodSettingsSettings,
)
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi
from cdktf_cdktf_provider_aws.api_gateway_stage import ApiGatewayStage, ApiGatewayStageAccessLogSettings
from constructs import Construct

from shared.infra.constructs.log_group import LogGroup
from shared.infra.limits import API_BURST_LIMIT, API_RATE_LIMIT
from shared.infra.naming import Namer, ResourceKind
from stacks.api.routes import STAGE
from stacks.api.routing_table import Route

KEYLESS_RATE_LIMIT: Final = 20
"""Sustained requests a second of each method without an API key, of all callers together: so that these methods, ten
with `OPTIONS`, cannot take the executions that reports need. One takes milliseconds; a load balancer's checks and
people at a page are far below."""
KEYLESS_BURST_LIMIT: Final = 20
"""Requests at once, likewise."""

ENVIRONMENT_FIELD: Final = "environment"
"""Of the access log: the suffix, so that metrics that are made of its lines have it as their dimension."""
ACCESS_LOG_FIELDS: Final = {
    # Of API Gateway itself (response header x-amz-apigw-id): a client can choose `$context.requestId`.
    "request_id": "$context.extendedRequestId",
    # The `request_id` in the function's own log, whose lines have the trace id: a client can choose that, too.
    "function_request_id": "$context.integration.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    # As it is declared, `/uploads/{upload_id}`: the path of the request may contain quotation marks.
    "resource_path": "$context.resourcePath",
    "status": "$context.status",
    # The key's id, never the key.
    "api_key_id": "$context.identity.apiKeyId",
    "source_ip": "$context.identity.sourceIp",
    "tls_version": "$context.tlsVersion",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    # The type of the gateway response, such as INVALID_API_KEY: a message can quote the request.
    "error": "$context.error.responseType",
}
"""Written for every request, as a line of JSON.

API Gateway does not promise to escape what it inserts, and requests without a key are logged, too. So there is no value
here that a client can choose: with a quotation mark in it, anyone could forge lines.
"""


class Stage(Construct):
    """Deployment and stage, with the log groups that API Gateway writes to.

    Attributes:
        url: of the API, without a final slash.
        arn: of the stage.
        name: of the stage; a token, so that what uses it waits for the stage.
        access_log: a line for every request.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        api: ApiGatewayRestApi,
        definition: Sequence[TerraformResource],
        triggers: Mapping[str, str],
        keyless: Sequence[Route],
        log_retention_days: int,
    ) -> None:
        """Make the stage.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            api: the REST API.
            definition: all resources that define the API.
            triggers: change when, and only when, what the API serves does; then it is redeployed.
            keyless: methods without an API key, and so without a usage plan that limits them.
            log_retention_days: how long both logs are kept.
        """
        super().__init__(scope, id_)
        self._api = api
        access_log, error_log = self._logs(namer, log_retention_days)
        deployment = self._deployment(definition, triggers)
        stage = ApiGatewayStage(
            self,
            "stage",
            rest_api_id=api.id,
            deployment_id=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings=ApiGatewayStageAccessLogSettings(
                destination_arn=access_log.ref.arn,
                format=json.dumps({ENVIRONMENT_FIELD: namer.suffix} | ACCESS_LOG_FIELDS),
            ),
            depends_on=[error_log.resource],
        )
        self.url = stage.invoke_url
        self.arn = stage.arn
        self.name = stage.stage_name
        self.access_log = access_log.ref
        self._method_settings(keyless)

    def _logs(self, namer: Namer, retention_days: int) -> tuple[LogGroup, LogGroup]:
        name = f"/aws/apigateway/{namer.name('api', ResourceKind.API)}"
        access_log = LogGroup(self, "access-log", name=name, retention_days=retention_days)
        # API Gateway names this log, and would create it itself, without retention.
        name = f"API-Gateway-Execution-Logs_{self._api.id}/{STAGE}"
        return access_log, LogGroup(self, "error-log", name=name, retention_days=retention_days)

    def _deployment(self, definition: Sequence[TerraformResource], triggers: Mapping[str, str]) -> ApiGatewayDeployment:
        return ApiGatewayDeployment(
            self,
            "deployment",
            rest_api_id=self._api.id,
            triggers=triggers,
            # The stage moves to the new deployment before the old one is deleted.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            depends_on=list(definition),
        )

    def _method_settings(self, keyless: Sequence[Route]) -> None:
        # API Gateway refuses two changes of one stage at once.
        last = self._set("settings", "*/*", burst=API_BURST_LIMIT, rate=API_RATE_LIMIT)
        for route in keyless:
            limits = {"burst": KEYLESS_BURST_LIMIT, "rate": KEYLESS_RATE_LIMIT}
            last = self._set(f"{route.name}-settings", method_path(route), after=last, **limits)

    def _set(
        self, id_: str, path: str, *, burst: int, rate: int, after: ApiGatewayMethodSettings | None = None
    ) -> ApiGatewayMethodSettings:
        settings = ApiGatewayMethodSettingsSettings(
            metrics_enabled=True,
            logging_level="ERROR",
            # It would write reports and keys into the log.
            data_trace_enabled=False,
            # Of all methods, an account's own limits, as API Gateway has them: each bank's are in its usage plan. Not
            # -1 ("none"): MiniStack reads that as no request at all.
            throttling_burst_limit=burst,
            throttling_rate_limit=rate,
        )
        return ApiGatewayMethodSettings(
            self,
            id_,
            rest_api_id=self._api.id,
            stage_name=self.name,
            method_path=path,
            settings=settings,
            depends_on=[after] if after else None,
        )


def method_path(route: Route) -> str:
    """How API Gateway names a method in a stage's settings, with `~1` for a slash.

    The path begins with one unless it has one part only, which hashicorp/aws and API Gateway take without.
    """
    path = route.path[0] if len(route.path) == 1 else "~1" + "~1".join(route.path)
    return f"{path}/{route.method}"
