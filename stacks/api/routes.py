"""The API's paths and methods, and the function that answers each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
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
    CURSOR_PARAMETER,
    FILE_NAME_FIELD,
    LIMIT_PARAMETER,
    MAX_FILE_NAME,
    SHA256_FIELD,
    SIZE_FIELD,
    UPLOAD_ID_PARAMETER,
    UPLOAD_PATH,
    UPLOADS_PATH,
)
from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import FunctionRef

STAGE: Final = "v1"
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


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method on a path."""

    method: str
    path: str
    """As in a source ARN: a star for each path parameter."""
    function: FunctionRef
    parameters: dict[str, bool] = field(default_factory=dict)
    """API Gateway's name of each parameter -> whether it is required."""
    declares: bool = False
    """Whether the body is a declaration, in JSON."""


class Routes(Construct):
    """`POST /upload`, `GET` and `POST /uploads`, `GET /uploads/{upload_id}`; all of them require an API key.

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
        intake: FunctionRef,
        declaration: FunctionRef,
        status: FunctionRef,
    ) -> None:
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
        upload = self._resource("upload", UPLOAD_PATH, api.root_resource_id)
        uploads = self._resource("uploads", UPLOADS_PATH, api.root_resource_id)
        one = self._resource("one-upload", f"{{{UPLOAD_ID_PARAMETER}}}", uploads.id)
        self.resources: list[TerraformResource] = [
            self._validator,
            self._body_validator,
            self._declaration,
            upload,
            uploads,
            one,
            *self._route("post-upload", upload, _post_upload(intake)),
            *self._route("declare-upload", uploads, _declare_upload(declaration)),
            *self._route("list-uploads", uploads, _list_uploads(status)),
            *self._route("get-upload", one, _get_upload(status)),
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

    def _resource(self, id_: str, path_part: str, parent_id: str) -> ApiGatewayResource:
        return ApiGatewayResource(self, id_, rest_api_id=self._api.id, parent_id=parent_id, path_part=path_part)

    def _route(self, id_: str, resource: ApiGatewayResource, route: Route) -> Sequence[TerraformResource]:
        method = ApiGatewayMethod(
            self,
            f"{id_}-method",
            rest_api_id=self._api.id,
            resource_id=resource.id,
            http_method=route.method,
            # A bank is identified by its key alone.
            authorization="NONE",
            api_key_required=True,
            request_parameters=dict(route.parameters),
            request_models={"application/json": self._declaration.name} if route.declares else None,
            request_validator_id=self._body_validator.id if route.declares else self._validator.id,
        )
        integration = ApiGatewayIntegration(
            self,
            f"{id_}-integration",
            rest_api_id=self._api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=route.function.invoke_arn,
        )
        LambdaPermission(
            self,
            f"{id_}-permission",
            statement_id=id_,
            action="lambda:InvokeFunction",
            function_name=route.function.name,
            principal="apigateway.amazonaws.com",
            source_arn=f"{self._api.execution_arn}/{STAGE}/{route.method}/{route.path}",
        )
        return method, integration


def _post_upload(intake: FunctionRef) -> Route:
    return Route(
        method="POST",
        path=UPLOAD_PATH,
        function=intake,
        parameters={"method.request.header.Content-Type": True},
    )


def _declare_upload(declaration: FunctionRef) -> Route:
    return Route(
        method="POST",
        path=UPLOADS_PATH,
        function=declaration,
        parameters={"method.request.header.Content-Type": True},
        declares=True,
    )


def _list_uploads(status: FunctionRef) -> Route:
    optional = (LIMIT_PARAMETER, CURSOR_PARAMETER)
    return Route(
        method="GET",
        path=UPLOADS_PATH,
        function=status,
        parameters={f"method.request.querystring.{name}": False for name in optional},
    )


def _get_upload(status: FunctionRef) -> Route:
    return Route(
        method="GET",
        path=f"{UPLOADS_PATH}/*",
        function=status,
        parameters={f"method.request.path.{UPLOAD_ID_PARAMETER}": True},
    )
