"""Exceptions as Terraform shows them."""

from terraform_provider.diagnostics import of_exception
from terraform_provider.errors import PartlyAppliedError, ProviderError


def test_an_unexpected_error_comes_with_its_traceback() -> None:
    shown = of_exception(KeyError("arn"), "creating aws_sqs_queue")
    assert shown.summary == "creating aws_sqs_queue: unexpected KeyError: 'arn'"
    assert "defect of the local provider" in shown.detail
    assert "KeyError: 'arn'" in shown.detail


def test_a_partly_applied_change_shows_its_reason() -> None:
    error = PartlyAppliedError({"id": "it"})
    error.__cause__ = ProviderError("no such file", path=("filename", 0))
    shown = of_exception(error, "creating aws_lambda_function")
    assert shown.summary == "creating aws_lambda_function: no such file"
    assert [step.WhichOneof("selector") for step in shown.attribute.steps] == ["attribute_name", "element_key_int"]
