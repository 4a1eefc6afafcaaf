from functions.notification.outcomes_topic import OutcomesTopic
from tests.unit.functions.stubs import Script


def test_a_message_carries_bank_and_status_as_attributes() -> None:
    script = Script("sns")
    script.answers(
        "publish",
        {"MessageId": "m"},
        {
            "TopicArn": "arn:topic",
            "Message": '{"bank_id": "nordbank", "upload_id": "u1", "attempt": "a1",'
            ' "status": "REJECTED", "error_count": 2}',
            "MessageAttributes": {
                "bank_id": {"DataType": "String", "StringValue": "nordbank"},
                "status": {"DataType": "String", "StringValue": "REJECTED"},
            },
        },
    )

    topic = OutcomesTopic(script.client, "arn:topic")
    topic.publish({"bank_id": "nordbank", "upload_id": "u1", "attempt": "a1", "status": "REJECTED", "error_count": 2})
    script.played()
