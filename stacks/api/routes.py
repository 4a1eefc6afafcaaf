"""The resources of API Gateway that the routing table needs."""

import json
from collections.abc import Sequence
from typing import Final

from cdktf import TerraformResource
from cdktf_cdktf_provider_aws.api_gateway_integration import ApiGatewayIntegration
from cdktf_cdktf_provider_aws.api_gateway_method import ApiGatewayMethod
from cdktf_cdktf_provider_aws.api_gateway_model import ApiGatewayModel
from cdktf_cdktf_provider_aws.api_gateway_request_validator import ApiGatewayRequestValidator
from cdktf_cdktf_provider_aws.api_gateway_resource import ApiGatewayResource
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.contracts.api import (
    FILE_NAME_FIELD,
    MAX_FILE_NAME,
    SHA256_FIELD,
    SIZE_FIELD,
    UPLOAD_ID_PARAMETER,
)
from shared.infra.naming import Namer, ResourceKind
from stacks.api.routing_table import Route

STAGE: Final = "v1"
_CONSTRUCT_IDS: Final = {f"{{{UPLOAD_ID_PARAMETER}}}": "one-upload"}
"""Where the path's part is not one."""
DECLARATION: Final = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": [FILE_NAME_FIELD, SIZE_FIELD, SHA256_FIELD],
    "additionalProperties": False,
    "properties": {
        FILE_NAME_FIELD: {"type": "string", "minLength": 1, "maxLength": MAX_FILE_NAME},
        # Without a maximum: that a report is too large, the function answers, with 413.
        SIZE_FIELD: {"type": "integer", "minimum": 1},
        SHA256_FIELD: {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
"""The body of POST /uploads, as far as JSON Schema draft 4 can say it (API Gateway's version)."""


class Routes(Construct):
    """The resources of API Gateway that a routing table needs.

    Attributes:
        resources: the resources that are part of the API's definition.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        api: ApiGatewayRestApi,
        table: Sequence[Route],
    ) -> None:
        """Make all of them.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            api: the REST API.
            table: its methods.
        """
        super().__init__(scope, id_)
        self._api = api
        self._validator = self._validate("validator", namer.name("parameters", ResourceKind.VALIDATOR), body=False)
        self._body_validator = self._validate("body-validator", namer.name("body", ResourceKind.VALIDATOR), body=True)
        self._declaration = ApiGatewayModel(
            self,
            "declaration",
            rest_api_id=api.id,
            name="Declaration",
            content_type="application/json",
            schema=json.dumps(DECLARATION),
        )
        self._paths: dict[tuple[str, ...], ApiGatewayResource] = {}
        methods = [each for route in table for each in self._route(route)]
        self.resources: list[TerraformResource] = [
            self._validator,
            self._body_validator,
            self._declaration,
            *self._paths.values(),
            *methods,
        ]

    def _validate(self, id_: str, name: str, *, body: bool) -> ApiGatewayRequestValidator:
        return ApiGatewayRequestValidator(
            self,
            id_,
            name=name,
            rest_api_id=self._api.id,
            validate_request_parameters=True,
            validate_request_body=body,
        )

    def _resource_id(self, path: tuple[str, ...]) -> str:
        """Id of a path's resource, which is made with those above it when it is first needed."""
        if not path:
            return self._api.root_resource_id
        if path not in self._paths:
            parent_id = self._resource_id(path[:-1])
            self._paths[path] = ApiGatewayResource(
                self,
                _CONSTRUCT_IDS.get(path[-1], path[-1]),
                rest_api_id=self._api.id,
                parent_id=parent_id,
                path_part=path[-1],
            )
        return self._paths[path].id

    def _route(self, route: Route) -> Sequence[TerraformResource]:
        resource_id = self._resource_id(route.path)
        method = ApiGatewayMethod(
            self,
            f"{route.name}-method",
            rest_api_id=self._api.id,
            resource_id=resource_id,
            http_method=route.method,
            # A bank is identified by its key alone.
            authorization="NONE",
            api_key_required=not route.keyless,
            request_parameters=_parameters(route) or None,
            request_models={"application/json": self._declaration.name} if route.declares else None,
            request_validator_id=self._body_validator.id if route.declares else self._validator.id,
        )
        integration = ApiGatewayIntegration(
            self,
            f"{route.name}-integration",
            rest_api_id=self._api.id,
            resource_id=resource_id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=route.function.invoke_arn,
        )
        path = "/".join("*" if _is_parameter(part) else part for part in route.path)
        LambdaPermission(
            self,
            f"{route.name}-permission",
            statement_id=route.name,
            action="lambda:InvokeFunction",
            function_name=route.function.name,
            principal="apigateway.amazonaws.com",
            source_arn=f"{self._api.execution_arn}/{STAGE}/{route.method}/{path}",
        )
        return method, integration


def _parameters(route: Route) -> dict[str, bool]:
    """API Gateway's name of each parameter -> whether it is required."""
    return {
        **{f"method.request.path.{part[1:-1]}": True for part in route.path if _is_parameter(part)},
        **{f"method.request.header.{name}": True for name in route.headers},
        **{f"method.request.querystring.{name}": True for name in route.required_query},
        **{f"method.request.querystring.{name}": False for name in route.query},
    }


def _is_parameter(part: str) -> bool:
    return part.startswith("{")
