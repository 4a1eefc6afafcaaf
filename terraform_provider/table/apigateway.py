"""API Gateway (REST): APIs and their contents. Updates are patch operations."""

import json
from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import ARN, HTTP_METHOD, JSON, OBJECT, between, items, matches, one_of
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response, Style
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

API: Final = {"restApiId": "{rest_api_id}"}
_RESOURCE: Final = {**API, "resourceId": "{id}"}
_MAPPING: Final = {"domainName": "{domain_name}", "basePath": "{base_path}"}
_DOMAIN_ATTRIBUTES: Final = frozenset(
    {"endpoint_configuration", "mutual_tls_authentication", "regional_certificate_arn", "security_policy"}
)
_METHOD: Final = {**API, "resourceId": "{resource_id}", "httpMethod": "{http_method}"}
_METHOD_RESPONSE: Final = {**_METHOD, "statusCode": "{status_code}"}
_MODEL: Final = {**API, "modelName": "{name}"}
_VALIDATOR: Final = {**API, "requestValidatorId": "{id}"}
_GATEWAY_RESPONSE: Final = {**API, "responseType": "{response_type}"}
_METHOD_NAMES: Final = {"authorization": "authorizationType"}

TAGS: Final = TagOperations(list="GetTags", member="resourceArn", keys="tagKeys")


def _read_integration(_session: Session, response: Response, _prior: State) -> State:
    """A mock integration calls nothing, so it has no method; MiniStack shows POST."""
    return {"integration_http_method": None} if response["type"] == "MOCK" else {}


def _set_policy(_session: Session, request: Request, state: State) -> Request:
    return {**request, "patchOperations": [{"op": "replace", "path": "/policy", "value": state["policy"]}]}


def _read_policy(_session: Session, response: Response, _prior: State) -> State | None:
    """API Gateway shows a policy as the inside of a JSON string."""
    shown = json.loads(f'"{response.get("policy") or ""}"')
    return {"policy": shown} if shown else None


_SET_POLICY: Final = Call("UpdateRestApi", keys=API, attributes=frozenset(), prepare=_set_policy, prepared={"policy"})

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_api_gateway_rest_api": ResourceType(
        service="apigateway",
        create=Call("CreateRestApi"),
        reads=(Read("GetRestApi", keys={"restApiId": "{id}"}),),
        delete=Call("DeleteRestApi", keys={"restApiId": "{id}"}),
        id="{id}",
        updates=(Call("UpdateRestApi", keys={"restApiId": "{id}"}, style=Style.PATCH, names={"parameters": None}),),
        tagging=TAGS,
        derived={
            "arn": "arn:{partition}:apigateway:{region}::/restapis/{id}",
            "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{id}",
        },
        kept={"endpoint_configuration"},
        rules={"endpoint_configuration.types": items(1, 1), "policy": OBJECT},
    ),
    "aws_api_gateway_rest_api_policy": ResourceType(
        service="apigateway",
        create=_SET_POLICY,
        reads=(Read("GetRestApi", keys=API, attributes=frozenset(), interpret=_read_policy),),
        delete=Call(
            "UpdateRestApi",
            keys=API,
            constants={"patchOperations": [{"op": "replace", "path": "/policy", "value": ""}]},
        ),
        id="{rest_api_id}",
        import_id="{rest_api_id}",
        updates=(_SET_POLICY,),
        replaced_by={"rest_api_id"},
        rules={"policy": OBJECT},
    ),
    "aws_api_gateway_domain_name": ResourceType(
        service="apigateway",
        create=Call("CreateDomainName", attributes={"domain_name", *_DOMAIN_ATTRIBUTES}),
        reads=(Read("GetDomainName", keys={"domainName": "{domain_name}"}),),
        delete=Call("DeleteDomainName", keys={"domainName": "{domain_name}"}),
        id="{domain_name}",
        updates=(
            Call(
                "UpdateDomainName",
                keys={"domainName": "{domain_name}"},
                style=Style.PATCH,
                attributes=_DOMAIN_ATTRIBUTES,
            ),
        ),
        names={"regional_zone_id": "regionalHostedZoneId", "cloudfront_zone_id": "distributionHostedZoneId"},
        tagging=TAGS,
        replaced_by={"domain_name"},
        derived={"arn": "arn:{partition}:apigateway:{region}::/domainnames/{domain_name}"},
        kept={"endpoint_configuration"},
        rules={"regional_certificate_arn": ARN},
    ),
    "aws_api_gateway_base_path_mapping": ResourceType(
        service="apigateway",
        create=Call("CreateBasePathMapping", names={"api_id": "restApiId", "stage_name": "stage"}),
        reads=(Read("GetBasePathMapping", keys=_MAPPING, names={"api_id": "restApiId", "stage_name": "stage"}),),
        delete=Call("DeleteBasePathMapping", keys=_MAPPING),
        id="{domain_name}/{base_path}",
        replaced_by=EVERYTHING,  # MiniStack has no UpdateBasePathMapping
    ),
    "aws_api_gateway_resource": ResourceType(
        service="apigateway",
        create=Call("CreateResource"),
        reads=(Read("GetResource", keys=_RESOURCE),),
        delete=Call("DeleteResource", keys=_RESOURCE),
        id="{id}",
        import_id="{rest_api_id}/{id}",
        updates=(Call("UpdateResource", keys=_RESOURCE, style=Style.PATCH),),
        replaced_by={"rest_api_id"},
        volatile={"path"},
    ),
    "aws_api_gateway_method": ResourceType(
        service="apigateway",
        create=Call("PutMethod"),
        reads=(Read("GetMethod", keys=_METHOD),),
        delete=Call("DeleteMethod", keys=_METHOD),
        id="agm-{rest_api_id}-{resource_id}-{http_method}",
        import_id="{rest_api_id}/{resource_id}/{http_method}",
        updates=(Call("UpdateMethod", keys=_METHOD, style=Style.PATCH),),
        names=_METHOD_NAMES,
        replaced_by={"rest_api_id", "resource_id", "http_method"},
        defaults={"api_key_required": False},
        rules={"http_method": HTTP_METHOD},
    ),
    "aws_api_gateway_method_response": ResourceType(
        service="apigateway",
        create=Call("PutMethodResponse"),
        reads=(Read("GetMethodResponse", keys=_METHOD_RESPONSE),),
        delete=Call("DeleteMethodResponse", keys=_METHOD_RESPONSE),
        id="agmr-{rest_api_id}-{resource_id}-{http_method}-{status_code}",
        import_id="{rest_api_id}/{resource_id}/{http_method}/{status_code}",
        updates=(  # MiniStack has no UpdateMethodResponse, and Put replaces an existing one
            Call("PutMethodResponse", keys=_METHOD_RESPONSE, attributes={"response_models", "response_parameters"}),
        ),
        replaced_by={"rest_api_id", "resource_id", "http_method", "status_code"},
        rules={"http_method": HTTP_METHOD},
    ),
    "aws_api_gateway_integration": ResourceType(
        service="apigateway",
        create=Call("PutIntegration", keys=_METHOD, names={"http_method": None}),
        reads=(
            Read(
                "GetIntegration",
                keys=_METHOD,
                names={"http_method": None, "integration_http_method": "httpMethod"},
                interpret=_read_integration,
            ),
        ),
        delete=Call("DeleteIntegration", keys=_METHOD),
        id="agi-{rest_api_id}-{resource_id}-{http_method}",
        import_id="{rest_api_id}/{resource_id}/{http_method}",
        updates=(
            Call(
                "UpdateIntegration",
                keys=_METHOD,
                style=Style.PATCH,
                names={"integration_http_method": "httpMethod"},
            ),
        ),
        names={"timeout_milliseconds": "timeoutInMillis"},
        replaced_by={
            *("rest_api_id", "resource_id", "http_method", "type"),
            *("credentials", "integration_http_method", "passthrough_behavior"),
        },
        defaults={"connection_type": "INTERNET", "timeout_milliseconds": 29_000},
        rules={
            "http_method": HTTP_METHOD,
            "integration_http_method": HTTP_METHOD,
            "passthrough_behavior": one_of("NEVER", "WHEN_NO_MATCH", "WHEN_NO_TEMPLATES"),
            "timeout_milliseconds": between(50, 300_000),
        },
    ),
    "aws_api_gateway_model": ResourceType(
        service="apigateway",
        create=Call("CreateModel"),
        reads=(Read("GetModel", keys=_MODEL),),
        delete=Call("DeleteModel", keys=_MODEL),
        id="{id}",
        import_id="{rest_api_id}/{name}",
        updates=(Call("UpdateModel", keys=_MODEL, style=Style.PATCH),),
        replaced_by={"rest_api_id", "name", "content_type"},
        rules={"name": matches(r"[A-Za-z0-9]+", "letters and digits"), "schema": JSON},
    ),
    "aws_api_gateway_request_validator": ResourceType(
        service="apigateway",
        create=Call("CreateRequestValidator"),
        reads=(Read("GetRequestValidator", keys=_VALIDATOR),),
        delete=Call("DeleteRequestValidator", keys=_VALIDATOR),
        id="{id}",
        import_id="{rest_api_id}/{id}",
        updates=(Call("UpdateRequestValidator", keys=_VALIDATOR, style=Style.PATCH),),
        replaced_by={"rest_api_id"},
        defaults={"validate_request_body": False, "validate_request_parameters": False},
    ),
    "aws_api_gateway_gateway_response": ResourceType(
        service="apigateway",
        create=Call("PutGatewayResponse"),
        reads=(Read("GetGatewayResponse", keys=_GATEWAY_RESPONSE),),
        delete=Call("DeleteGatewayResponse", keys=_GATEWAY_RESPONSE),
        id="aggr-{rest_api_id}-{response_type}",
        import_id="{rest_api_id}/{response_type}",
        updates=(
            Call(
                "PutGatewayResponse",
                keys=_GATEWAY_RESPONSE,
                attributes={"response_parameters", "response_templates", "status_code"},
            ),
        ),
        replaced_by={"rest_api_id", "response_type"},
    ),
}
