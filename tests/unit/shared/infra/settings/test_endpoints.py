import pytest

from shared.infra.settings.endpoints import EndpointError, NotificationEndpoint, SubscriptionProtocol, parse_endpoint


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("ops@nordbank.example", SubscriptionProtocol.EMAIL),
        ("first.last+reports@mail.nordbank.example", SubscriptionProtocol.EMAIL),
        ("https://nordbank.example", SubscriptionProtocol.HTTPS),
        ("https://hooks.nordbank.example:8443/outcomes?from=txn", SubscriptionProtocol.HTTPS),
        ("arn:aws:sqs:eu-central-1:123456789012:outcomes", SubscriptionProtocol.SQS),
        ("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:out_comes-1", SubscriptionProtocol.SQS),
    ],
)
def test_the_form_of_an_address_decides_the_protocol(text: str, protocol: SubscriptionProtocol) -> None:
    assert parse_endpoint(text) == NotificationEndpoint(protocol=protocol, address=text)


@pytest.mark.parametrize(
    "text",
    [
        "nordbank",
        "ops@nordbank",
        "ops@nordbank.example, it@nordbank.example",
        "http://nordbank.example",
        "https://user:password@nordbank.example/",
        "https://nordbank.example/${path}",
        "arn:aws:sqs:eu-central-1:123456789012:outcomes.fifo",
        "arn:aws:sns:eu-central-1:123456789012:outcomes",
        "ops@nordbank.example\n",
        "+49 30 123456",
    ],
)
def test_what_sns_cannot_reach_or_terraform_would_evaluate_is_refused(text: str) -> None:
    with pytest.raises(EndpointError, match="neither an e-mail address, nor an https URL"):
        parse_endpoint(text)
