"""SQS, SNS and EventBridge."""

import json

from tests.e2e.terraform_provider.cases import Case, Configuration


def _policy(action: str, resource: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": resource}]})


def _messages(*, second: bool) -> Configuration:
    return {
        "resource": {
            "aws_sqs_queue": {
                "dead": {"name": "messages-dead", "message_retention_seconds": 1_209_600},
                "it": {
                    "name": "messages-it",
                    "visibility_timeout_seconds": 60 if second else 45,
                    "delay_seconds": 5 if second else 0,
                    "receive_wait_time_seconds": 10,
                    "max_message_size": 262_144 if second else 131_072,
                    "message_retention_seconds": 86_400 if second else 43_200,
                    "redrive_policy": json.dumps(
                        {"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}", "maxReceiveCount": 5 if second else 3}
                    ),
                    "tags": {"Kind": "second" if second else "first"},
                },
            },
            "aws_sqs_queue_policy": {
                "it": {
                    "queue_url": "${aws_sqs_queue.it.id}",
                    "policy": _policy("sqs:*" if second else "sqs:SendMessage", "${aws_sqs_queue.it.arn}"),
                }
            },
            "aws_sns_topic": {
                "it": {
                    "name": "messages-it",
                    "display_name": "Second" if second else "First",
                    "tags": {"Kind": "second" if second else "first"},
                }
            },
            "aws_sns_topic_subscription": {
                "it": {
                    "topic_arn": "${aws_sns_topic.it.arn}",
                    "protocol": "sqs",
                    "endpoint": "${aws_sqs_queue.it.arn}",
                    "raw_message_delivery": not second,
                    "filter_policy": json.dumps({"bank_id": ["second" if second else "first"]}),
                    "redrive_policy": json.dumps(
                        {"deadLetterTargetArn": f"${{aws_sqs_queue.{'it' if second else 'dead'}.arn}}"}
                    ),
                }
            },
            "aws_cloudwatch_event_rule": {
                "it": {
                    "name": "messages-it",
                    "description": "Second" if second else "First",
                    "event_pattern": json.dumps({"source": ["aws.s3"], "detail-type": ["Object Created"]}),
                    "state": "DISABLED" if second else "ENABLED",
                    "tags": {"Kind": "second" if second else "first"},
                },
                "every-hour": {
                    "name": "messages-every-hour",
                    "schedule_expression": "rate(2 hours)" if second else "rate(1 hour)",
                },
            },
            "aws_cloudwatch_event_target": {
                "it": {
                    "rule": "${aws_cloudwatch_event_rule.it.name}",
                    "target_id": "queue",
                    "arn": "${aws_sqs_queue.it.arn}",
                    "retry_policy": {
                        "maximum_event_age_in_seconds": 7200 if second else 3600,
                        "maximum_retry_attempts": 5,
                    },
                    "dead_letter_config": {"arn": "${aws_sqs_queue.dead.arn}"},
                },
                "unnamed": {
                    "rule": "${aws_cloudwatch_event_rule.every-hour.name}",
                    "arn": "${aws_sqs_queue.it.arn}",
                    "input": json.dumps({"form": "second" if second else "first"}),
                },
            },
        }
    }


CASES = (Case(name="messages", first=_messages(second=False), second=_messages(second=True)),)
