import json

import pytest

from shared.infra.limits import LimitError, within
from shared.infra.policies import Grant, deny_without_tls, document, grants_document, sid, trust


def test_a_grant_becomes_a_statement_with_its_reason() -> None:
    grant = Grant(actions=["dynamodb:PutItem"], on=["arn:table"], why="write loaded rows")
    assert json.loads(grants_document([grant])) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "WriteLoadedRows",
                "Effect": "Allow",
                "Action": ["dynamodb:PutItem"],
                "Resource": ["arn:table"],
            }
        ],
    }


def test_a_condition_is_part_of_the_statement() -> None:
    condition = {"StringLike": {"s3:prefix": "reports/*"}}
    grant = Grant(actions=["s3:ListBucket"], on=["arn:b"], why="list", condition=condition)
    assert grant.statement()["Condition"] == condition


@pytest.mark.parametrize("action", ["*", "s3:*", "dynamodb:Put*"])
def test_an_action_with_a_wildcard_is_refused(action: str) -> None:
    with pytest.raises(ValueError, match=r"grant 'do much': .* holds a wildcard; name the actions one by one"):
        Grant(actions=[action], on=["arn:b"], why="do much")


def test_two_grants_with_one_reason_are_refused() -> None:
    grant = Grant(actions=["s3:GetObject"], on=["arn:b"], why="read")
    with pytest.raises(ValueError, match="duplicate Sid Read;"):
        grants_document([grant, grant])


@pytest.mark.parametrize(("why", "expected"), [("write loaded rows", "WriteLoadedRows"), ("a-b's 2nd", "ABS2nd")])
def test_a_reason_becomes_letters_and_digits(why: str, expected: str) -> None:
    assert sid(why) == expected


def test_a_service_may_assume_a_role_for_one_account_only_where_the_account_is_given() -> None:
    open_ = json.loads(trust("lambda.amazonaws.com"))["Statement"][0]
    bound = json.loads(trust("states.amazonaws.com", account_id="123456789012"))["Statement"][0]
    assert "Condition" not in open_
    assert bound["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_plain_http_is_denied_to_every_caller() -> None:
    statement = json.loads(document([deny_without_tls("sqs:*", ["arn:q"])]))["Statement"][0]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("value", [1, 7, 14])
def test_a_value_within_its_bounds_is_accepted(value: int) -> None:
    assert within("retention_days", value, 1, 14, "days") == value


@pytest.mark.parametrize("value", [-1, 0, 15])
def test_a_value_beyond_its_bounds_is_refused_with_the_bounds(value: int) -> None:
    with pytest.raises(LimitError, match=rf"retention_days = {value}: AWS accepts 1 to 14 days"):
        within("retention_days", value, 1, 14, "days")
