"""API Gateway."""

import json
from typing import Any

from tests.e2e.terraform_provider.cases import Case, Configuration

API = "${aws_api_gateway_rest_api.it.id}"
METHOD = {
    "rest_api_id": API,
    "resource_id": "${aws_api_gateway_resource.it.id}",
    "http_method": "${aws_api_gateway_method.it.http_method}",
}


def _contents(*, second: bool) -> dict[str, Any]:
    kind = "second" if second else "first"
    return {
        "aws_api_gateway_rest_api": {
            "it": {
                "name": "api-it",
                "description": kind,
                "binary_media_types": ["multipart/form-data", *(["image/png"] if second else [])],
                "endpoint_configuration": {"types": ["REGIONAL"]},
                "tags": {"Kind": kind},
            }
        },
        "aws_api_gateway_resource": {
            "it": {
                "rest_api_id": API,
                "parent_id": "${aws_api_gateway_rest_api.it.root_resource_id}",
                "path_part": "uploads" if second else "upload",
            }
        },
        "aws_api_gateway_request_validator": {
            "it": {
                "rest_api_id": API,
                "name": f"api-{kind}",
                "validate_request_body": second,
                "validate_request_parameters": True,
            }
        },
        "aws_api_gateway_model": {
            "it": {
                "rest_api_id": API,
                "name": "Upload",
                "content_type": "application/json",
                "description": kind,
                "schema": json.dumps({"type": "object", "title": kind}),
            }
        },
        "aws_api_gateway_method": {
            "it": {
                "rest_api_id": API,
                "resource_id": "${aws_api_gateway_resource.it.id}",
                "http_method": "POST",
                "authorization": "NONE",
                "api_key_required": second,
                "request_validator_id": "${aws_api_gateway_request_validator.it.id}",
                "request_models": {"application/json": "${aws_api_gateway_model.it.name}"},
                "request_parameters": {"method.request.header.Content-Type": second},
            },
            "mock": {
                "rest_api_id": API,
                "resource_id": "${aws_api_gateway_rest_api.it.root_resource_id}",
                "http_method": "GET",
                "authorization": "NONE",
            },
        },
        "aws_api_gateway_method_response": {
            "it": {
                **METHOD,
                "status_code": "202",
                "response_models": {"application/json": "Empty" if second else "Error"},
                "response_parameters": {"method.response.header.Location": second},
            }
        },
        "aws_api_gateway_integration": {
            "it": {
                **METHOD,
                "type": "AWS_PROXY",
                "integration_http_method": "POST",
                "timeout_milliseconds": 20_000 if second else 10_000,
                "uri": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/"
                f"arn:aws:lambda:eu-central-1:000000000000:function:{kind}/invocations",
            },
            "mock": {
                "rest_api_id": API,
                "resource_id": "${aws_api_gateway_rest_api.it.root_resource_id}",
                "http_method": "${aws_api_gateway_method.mock.http_method}",
                "type": "MOCK",
                "request_templates": {"application/json": json.dumps({"statusCode": 201 if second else 200})},
            },
        },
        "aws_api_gateway_gateway_response": {
            "it": {
                "rest_api_id": API,
                "response_type": "THROTTLED",
                "status_code": "429",
                "response_templates": {"application/problem+json": json.dumps({"title": kind})},
                "response_parameters": {"gatewayresponse.header.Retry-After": "'2'" if second else "'1'"},
            }
        },
    }


def _publication(*, second: bool) -> dict[str, Any]:
    kind = "second" if second else "first"
    stage = {"rest_api_id": API, "stage_name": "${aws_api_gateway_stage.it.stage_name}"}
    return {
        "aws_iam_role": {
            kind: {"name": f"api-{kind}", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": []})}
            for kind in ("first", "second")
        },
        "aws_cloudwatch_log_group": {"it": {"name": "/api/it"}},
        "aws_api_gateway_account": {"it": {"cloudwatch_role_arn": f"${{aws_iam_role.{kind}.arn}}"}},
        "aws_api_gateway_deployment": {
            "it": {
                "rest_api_id": API,
                "triggers": {"redeployment": kind},
                "lifecycle": {"create_before_destroy": True},
                "depends_on": ["aws_api_gateway_integration.it", "aws_api_gateway_integration.mock"],
            }
        },
        "aws_api_gateway_stage": {
            "it": {
                "rest_api_id": API,
                "deployment_id": "${aws_api_gateway_deployment.it.id}",
                "stage_name": "v1",
                "description": kind,
                "xray_tracing_enabled": True,
                "variables": {"kind": kind},
                "access_log_settings": {
                    "destination_arn": "${aws_cloudwatch_log_group.it.arn}",
                    "format": json.dumps({"requestId": "$context.requestId", "kind": kind}),
                },
                "tags": {"Kind": kind},
            }
        },
        "aws_api_gateway_method_settings": {
            "it": {
                **stage,
                "method_path": "*/*",
                "settings": {
                    "metrics_enabled": True,
                    "logging_level": "INFO" if second else "ERROR",
                    "throttling_burst_limit": 200 if second else 100,
                    "throttling_rate_limit": 50,
                },
            },
            "root": {
                **stage,
                "method_path": "~1/GET",
                "settings": {
                    "metrics_enabled": True,
                    "logging_level": "ERROR",
                    "throttling_burst_limit": 100,
                    "throttling_rate_limit": 20 if second else 10,
                },
                "depends_on": ["aws_api_gateway_method_settings.it"],
            },
        },
        "aws_api_gateway_api_key": {
            "it": {
                "name": "api-it",
                "description": kind,
                "value": "0123456789abcdef0123456789",
                "tags": {"Kind": kind},
            },
            "generated": {"name": "api-generated", "enabled": not second},
        },
        "aws_api_gateway_usage_plan": {
            "it": {
                "name": "api-it",
                "description": kind,
                "api_stages": [{"api_id": API, "stage": "${aws_api_gateway_stage.it.stage_name}"}],
                "quota_settings": {"limit": 2000 if second else 1000, "period": "DAY"},
                "throttle_settings": {"burst_limit": 200 if second else 100, "rate_limit": 50},
                "tags": {"Kind": kind},
            }
        },
        "aws_api_gateway_usage_plan_key": {
            "it": {
                "key_id": "${aws_api_gateway_api_key.it.id}",
                "key_type": "API_KEY",
                "usage_plan_id": "${aws_api_gateway_usage_plan.it.id}",
            }
        },
    }


def _edge(*, second: bool) -> dict[str, Any]:
    everyone: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    resource = "${aws_api_gateway_rest_api.it.execution_arn}/*"
    elsewhere = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}
    statements = [{**everyone, "Resource": resource}]
    if second:
        statements.append({**everyone, "Effect": "Deny", "Resource": resource, "Condition": elsewhere})
    return {
        "aws_api_gateway_rest_api_policy": {
            "it": {"rest_api_id": API, "policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}
        },
        # MiniStack can change neither a domain name, but for its tags, nor a mapping.
        "aws_api_gateway_domain_name": {
            "it": {
                "domain_name": "reports.example.com",
                "regional_certificate_arn": "arn:aws:acm:eu-central-1:000000000000:certificate/0a1b",
                "security_policy": "TLS_1_2",
                "endpoint_configuration": {"types": ["REGIONAL"]},
                "mutual_tls_authentication": {"truststore_uri": "s3://trust/banks.pem", "truststore_version": "v2"},
                "tags": {"Kind": "second" if second else "first"},
            }
        },
        "aws_api_gateway_base_path_mapping": {
            "it": {
                "api_id": API,
                "domain_name": "${aws_api_gateway_domain_name.it.domain_name}",
                "stage_name": "${aws_api_gateway_stage.it.stage_name}",
                "base_path": "v1",
            }
        },
    }


def _firewall(*, second: bool) -> dict[str, Any]:
    def metrics(name: str) -> dict[str, Any]:
        return {"cloudwatch_metrics_enabled": second, "metric_name": name, "sampled_requests_enabled": False}

    rate = {"limit": 2_000 if second else 1_000, **({"evaluation_window_sec": 60} if second else {})}
    rule: dict[str, Any] = {
        "name": "rate",
        "priority": 1 if second else 0,
        "action": {"count": {}} if second else {"block": {}},
        "statement": {"rate_based_statement": rate},
        "visibility_config": metrics("api-rate"),
    }
    return {
        "aws_wafv2_web_acl": {
            "it": {
                "name": "api-it",
                "scope": "REGIONAL",
                "default_action": {"block": {}} if second else {"allow": {}},
                "rule": [rule],
                "visibility_config": metrics("api-it"),
                "tags": {"Kind": "second" if second else "first"},
            }
        },
        "aws_wafv2_web_acl_association": {
            "it": {"resource_arn": "${aws_api_gateway_stage.it.arn}", "web_acl_arn": "${aws_wafv2_web_acl.it.arn}"}
        },
    }


def _rest_api(*, second: bool) -> Configuration:
    parts = (_contents, _publication, _edge, _firewall)
    return {"resource": {name: each for part in parts for name, each in part(second=second).items()}}


CASES = (
    Case(
        name="api",
        first=_rest_api(second=False),
        second=_rest_api(second=True),
        replaced=frozenset({"aws_api_gateway_deployment"}),
        not_imported=frozenset({"aws_api_gateway_deployment"}),  # an import cannot read its triggers
    ),
)
