"""How botocore's answers and errors are translated; nothing leaves this machine."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from shared.infra.adoption.aws import NoAnswerError, UnreachableError
from shared.infra.adoption.boto3_aws import Boto3Aws, connect


class Session(boto3.Session):
    """Returns one stubbed client for all services, and counts the requests for one."""

    def __init__(self, client: Any) -> None:
        super().__init__("key", "secret", region_name="eu-central-1")
        self.given = client
        self.count = 0

    def client(self, *_: Any, **__: Any) -> Any:
        self.count += 1
        return self.given


@pytest.fixture
def stub() -> Stubber:
    client = boto3.client("sns", region_name="eu-central-1", aws_access_key_id="k", aws_secret_access_key="s")
    return Stubber(client)


def aws(stub: Stubber) -> Boto3Aws:
    stub.activate()
    return Boto3Aws(Session(stub.client), region="eu-central-1", account_id="123456789012")


def test_an_answer_is_returned_unchanged_and_a_client_is_made_once(stub: Stubber) -> None:
    for _ in range(2):
        stub.add_response("get_topic_attributes", {"Attributes": {"a": "b"}}, {"TopicArn": "t"})
    asked = aws(stub)
    for _ in range(2):
        answer = asked.ask("sns", "get_topic_attributes", TopicArn="t")
        assert answer is not None
        assert answer["Attributes"] == {"a": "b"}
    assert asked.session.count == 1  # type: ignore[attr-defined]  # Session of this file


def test_what_does_not_exist_is_none(stub: Stubber) -> None:
    stub.add_client_error("get_topic_attributes", "NotFound")
    assert aws(stub).ask("sns", "get_topic_attributes", TopicArn="t") is None


def test_another_error_is_no_answer_and_only_its_code_is_reported(stub: Stubber) -> None:
    stub.add_client_error("get_topic_attributes", "AuthorizationError", "arn:secret may not")
    with pytest.raises(NoAnswerError, match=r"^AuthorizationError$"):
        aws(stub).ask("sns", "get_topic_attributes", TopicArn="t")


def test_a_list_is_asked_for_once_over_all_pages(stub: Stubber) -> None:
    stub.add_response("list_topics", {"Topics": [{"TopicArn": "a"}], "NextToken": "n"}, {})
    stub.add_response("list_topics", {"Topics": [{"TopicArn": "b"}]}, {"NextToken": "n"})
    asked = aws(stub)
    for _ in range(2):
        assert asked.all("sns", "list_topics") == {"Topics": [{"TopicArn": "a"}, {"TopicArn": "b"}]}
    stub.assert_no_pending_responses()


def test_a_list_that_failed_fails_for_all_callers(stub: Stubber) -> None:
    stub.add_client_error("list_topics", "AuthorizationError")
    asked = aws(stub)
    for _ in range(2):
        with pytest.raises(NoAnswerError, match="AuthorizationError"):
            asked.all("sns", "list_topics")


def test_once_aws_cannot_be_reached_it_is_not_tried_again() -> None:
    class Unreachable:
        tried = 0

        def get_role(self, **_: str) -> None:
            self.tried += 1
            raise EndpointConnectionError(endpoint_url="https://iam")

    client = Unreachable()
    asked = Boto3Aws(Session(client), region="eu-central-1", account_id="123456789012")
    for _ in range(3):
        with pytest.raises(NoAnswerError, match="EndpointConnectionError"):
            asked.ask("iam", "get_role", RoleName="r")
    assert client.tried == 1


def test_without_credentials_aws_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found, reason = connect(region="eu-central-1", account_id="123456789012", made_up=False)
    assert (found, reason) == (None, "there are no AWS credentials")


def test_credentials_that_cannot_be_used_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    found, reason = connect(region="eu-central-1", account_id="123456789012", made_up=False)
    assert (found, reason) == (None, "the AWS credentials cannot be used (ProfileNotFound)")


def test_the_local_cloud_sees_made_up_keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    found, _ = connect(region="eu-central-1", account_id="000000000000", made_up=True)
    assert found is not None
    credentials = found.session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "test"


@pytest.mark.parametrize(
    ("error", "unreachable"),
    [
        (EndpointConnectionError(endpoint_url="https://iam"), True),
        (ReadTimeoutError(endpoint_url="https://iam"), False),
    ],
)
def test_a_call_that_was_sent_and_not_answered_differs_from_an_aws_that_cannot_be_reached(
    error: Exception, *, unreachable: bool
) -> None:
    class Silent:
        def get_role(self, **_: str) -> None:
            raise error

    asked = Boto3Aws(Session(Silent()), region="eu-central-1", account_id="123456789012")
    with pytest.raises(NoAnswerError) as caught:
        asked.ask("iam", "get_role", RoleName="r")
    assert isinstance(caught.value, UnreachableError) is unreachable


def test_an_aws_that_has_answered_once_is_not_out_of_reach() -> None:
    class Flaky:
        answers: Iterator[dict[str, Any]] = iter([{"Role": {}}])

        def get_role(self, **_: str) -> dict[str, Any]:
            for answer in self.answers:
                return answer
            raise EndpointConnectionError(endpoint_url="https://iam")

    asked = Boto3Aws(Session(Flaky()), region="eu-central-1", account_id="123456789012")
    asked.ask("iam", "get_role", RoleName="r")
    with pytest.raises(NoAnswerError) as caught:
        asked.ask("iam", "get_role", RoleName="r")
    assert not isinstance(caught.value, UnreachableError)
