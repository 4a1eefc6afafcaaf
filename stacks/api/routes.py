"""The API's paths and methods, and the function that answers each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cdktf import TerraformResource
from cdktf_cdktf_provider_aws.api_gateway_integration import ApiGatewayIntegration
from cdktf_cdktf_provider_aws.api_gateway_method import ApiGatewayMethod
from cdktf_cdktf_provider_aws.api_gateway_request_validator import ApiGatewayRequestValidator
from cdktf_cdktf_provider_aws.api_gateway_resource import ApiGatewayResource
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.contracts.api import (
    CURSOR_PARAMETER,
    LIMIT_PARAMETER,
    UPLOAD_ID_PARAMETER,
    UPLOAD_PATH,
    UPLOADS_PATH,
)
from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import FunctionRef

STAGE: Final = "v1"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method on a path."""

    method: str
    path: str
    """As in a source ARN: a star for each path parameter."""
    function: FunctionRef
    parameters: dict[str, bool] = field(default_factory=dict)
    """API Gateway's name of each parameter -> whether it is required."""


class Routes(Construct):
    """`POST /upload`, `GET /uploads`, `GET /uploads/{upload_id}`; all of them require an API key.

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
        status: FunctionRef,
    ) -> None:
        super().__init__(scope, id_)
        self._api = api
        self._validator = ApiGatewayRequestValidator(
            self,
            "validator",
            name=namer.name("parameters", ResourceKind.VALIDATOR),
            rest_api_id=api.id,
            validate_request_parameters=True,
            validate_request_body=False,
        )
        upload = self._resource("upload", UPLOAD_PATH, api.root_resource_id)
        uploads = self._resource("uploads", UPLOADS_PATH, api.root_resource_id)
        one = self._resource("one-upload", f"{{{UPLOAD_ID_PARAMETER}}}", uploads.id)
        self.resources: list[TerraformResource] = [
            self._validator,
            upload,
            uploads,
            one,
            *self._route("post-upload", upload, _post_upload(intake)),
            *self._route("list-uploads", uploads, _list_uploads(status)),
            *self._route("get-upload", one, _get_upload(status)),
        ]

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
            request_validator_id=self._validator.id,
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
