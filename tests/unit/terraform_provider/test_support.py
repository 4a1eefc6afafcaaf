"""Types that the local provider does not support."""

from typing import Any

from terraform_provider.support import explain_unknown, unknown_types


def test_unknown_types_are_named_except_terraforms_own() -> None:
    stack: dict[str, dict[str, Any]] = {
        "resource": {"aws_sqs_queue": {}, "aws_s3_bucket_ownership_controls": {}, "terraform_data": {}},
        "data": {"aws_region": {}, "terraform_remote_state": {}},
    }
    assert unknown_types(stack) == ["aws_s3_bucket_ownership_controls", "data.aws_region"]
    assert unknown_types({}) == []


def test_the_message_names_what_is_unknown_what_is_known_and_what_to_do() -> None:
    message = explain_unknown(["aws_kms_key"])
    assert message.startswith("the local provider does not know aws_kms_key. It knows aws_api_gateway_account, ")
    assert "--provider registry" in message
