"""Updates of API Gateway."""

from typing import Any

from terraform_provider.patch_operations import patch_operations
from terraform_provider.session import service_model


def _output(operation: str) -> Any:
    return service_model("apigateway").operation_model(operation).output_shape


def test_an_operation_replaces_a_whole_attribute_by_a_value_of_its_own_type() -> None:
    values = {"timeout_milliseconds": 20_000, "request_templates": {"application/json": "{}"}, "credentials": None}
    assert patch_operations(_output("UpdateIntegration"), values, {"timeout_milliseconds": "timeoutInMillis"}) == [
        {"op": "remove", "path": "/credentials"},
        {"op": "replace", "path": "/requestTemplates", "value": {"application/json": "{}"}},
        {"op": "replace", "path": "/timeoutInMillis", "value": 20_000},
    ]


def test_a_block_is_replaced_as_a_structure() -> None:
    quota = {"limit": 5, "period": "DAY"}
    operations = patch_operations(_output("UpdateUsagePlan"), {"quota_settings": [quota]}, {"quota_settings": "quota"})
    assert operations == [{"op": "replace", "path": "/quota", "value": quota}]
