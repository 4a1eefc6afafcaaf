import json

from functions.notification.outcomes_topic import OutcomesTopic
from shared.contracts.outcomes import Outcome
from tests.outcomes import validated
from tests.unit.functions.stubs import Script


def test_a_message_carries_bank_and_status_as_attributes() -> None:
    script = Script("sns")
    outcome = Outcome(
        version=1,
        message_id="u1-a1-REJECTED",
        bank_id="nordbank",
        upload_id="u1",
        attempt="a1",
        status="REJECTED",
        error_count=2,
    )
    script.answers(
        "publish",
        {"MessageId": "m"},
        {
            "TopicArn": "arn:topic",
            "Message": json.dumps(validated(outcome)),
            "MessageAttributes": {
                "bank_id": {"DataType": "String", "StringValue": "nordbank"},
                "status": {"DataType": "String", "StringValue": "REJECTED"},
            },
        },
    )

    OutcomesTopic(script.client, "arn:topic").publish(outcome)
    script.played()
