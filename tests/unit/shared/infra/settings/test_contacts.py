import pytest

from shared.infra.settings.contacts import Contact, ContactError, Protocol, parse_contact


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("ops@nordbank.example", Protocol.EMAIL),
        ("first.last+reports@mail.nordbank.example", Protocol.EMAIL),
        ("https://nordbank.example", Protocol.HTTPS),
        ("https://hooks.nordbank.example:8443/outcomes?from=txn", Protocol.HTTPS),
        ("arn:aws:sqs:eu-central-1:123456789012:outcomes", Protocol.SQS),
        ("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:out_comes-1", Protocol.SQS),
    ],
)
def test_the_kind_of_an_endpoint_shows_in_how_it_is_written(text: str, protocol: Protocol) -> None:
    assert parse_contact(text) == Contact(protocol=protocol, endpoint=text)


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
    with pytest.raises(ContactError, match="neither an e-mail address, nor an https URL"):
        parse_contact(text)
