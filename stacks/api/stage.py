"""The stage under which the API is reached: what is deployed there, its logs, metrics and traces."""

import json
from collections.abc import Sequence
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
from shared.infra.naming import Kind, Namer
from stacks.api.routes import STAGE

ACCESS_LOG_FIELDS: Final = {
    "request_id": "$context.requestId",
    "trace_id": "$context.xrayTraceId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    # The key's id, never the key.
    "api_key_id": "$context.identity.apiKeyId",
    "source_ip": "$context.identity.sourceIp",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "error": "$context.error.message",
}
"""What is written of every request; a line of JSON each."""


class Stage(Construct):
    """Deployment and stage, with the log groups that API Gateway writes to.

    Attributes:
        url: where the API is reached, without a final slash.
        name: of the stage; known only once it is there.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        api: ApiGatewayRestApi,
        definition: Sequence[TerraformResource],
        fingerprint: str,
        log_retention_days: int,
    ) -> None:
        """Make the stage.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            api: which is deployed.
            definition: all resources that say what the API is.
            fingerprint: changes when, and only when, the definition does; then the API is deployed anew.
            log_retention_days: how long both logs are kept.
        """
        super().__init__(scope, id_)
        access_log_name = namer.log_group("/aws/apigateway/", namer.name("api", Kind.API))
        access_log = LogGroup(self, "access-log", name=access_log_name, retention_days=log_retention_days)
        # API Gateway gives this log its name, and would make it itself, to be kept for ever.
        errors = LogGroup(
            self,
            "error-log",
            name=f"API-Gateway-Execution-Logs_{api.id}/{STAGE}",
            retention_days=log_retention_days,
        )
        deployment = ApiGatewayDeployment(
            self,
            "deployment",
            rest_api_id=api.id,
            triggers={"definition": fingerprint},
            # The stage moves to the new one before the old one goes.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            depends_on=list(definition),
        )
        stage = ApiGatewayStage(
            self,
            "stage",
            rest_api_id=api.id,
            deployment_id=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings=ApiGatewayStageAccessLogSettings(
                destination_arn=access_log.ref.arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
            depends_on=[errors.resource],
        )
        ApiGatewayMethodSettings(
            self,
            "settings",
            rest_api_id=api.id,
            stage_name=stage.stage_name,
            method_path="*/*",
            # No data trace: it would write reports and keys into the log.
            settings=ApiGatewayMethodSettingsSettings(
                metrics_enabled=True, logging_level="ERROR", data_trace_enabled=False
            ),
        )
        self.url = stage.invoke_url
        self.name = stage.stage_name
