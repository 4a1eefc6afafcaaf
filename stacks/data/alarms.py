"""Alarms on topics and tables; a queue makes its own (`shared/infra/constructs/dead_letter_queue`)."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from shared.contracts.tables import TableKeys
from shared.infra.constructs.alarm import QUARTER_OF_AN_HOUR, Alarm, Notice, Priority
from shared.infra.constructs.measured import Measured, total
from shared.infra.naming import Namer
from shared.infra.refs import AlarmTopics, TableRef, TopicRef


def watch_topics(scope: Construct, *, namer: Namer, alarms: AlarmTopics, topics: Sequence[TopicRef]) -> None:
    """Say when SNS could neither deliver a message nor keep it.

    Args:
        scope: the stack.
        namer: of the environment.
        alarms: who is told.
        topics: all that have subscriptions; those of the alarms are among them. Of such a loss the other topic tells.
    """
    lost = [_of_topic(each) for each in topics]
    notice = Notice(
        purpose="notifications-lost",
        priority=Priority.URGENT,
        says="SNS could neither deliver notifications nor put them into the queue for undelivered ones",
    )
    on = total(lost, label="Lost notifications")
    Alarm(scope, notice.purpose, namer=namer, topics=alarms, notice=notice, on=on)


def watch_tables(
    scope: Construct, *, namer: Namer, alarms: AlarmTopics, tables: Mapping[str, tuple[TableRef, TableKeys]]
) -> None:
    """Say when DynamoDB throttles a table for a quarter of an hour: for less, the functions repeat their calls.

    Args:
        scope: the stack.
        namer: of the environment.
        alarms: who is told.
        tables: by purpose, with keys: each index is throttled, and counted, for itself.
    """
    for purpose, (table, keys) in tables.items():
        throttled = [
            _of_table(name, table, index)
            for index in ("", *(each.name for each in keys.indexes))
            for name in ("ReadThrottleEvents", "WriteThrottleEvents")
        ]
        notice = Notice(
            purpose=f"{purpose}-throttles",
            priority=Priority.ROUTINE,
            says=f"DynamoDB has throttled the table {purpose} in 15 of 20 minutes",
        )
        on = total(throttled, label="Throttled reads and writes", fill=True)
        Alarm(scope, notice.purpose, namer=namer, topics=alarms, notice=notice, on=on, limit=QUARTER_OF_AN_HOUR)


def _of_topic(topic: TopicRef) -> Measured:
    name = "NumberOfNotificationsFailedToRedriveToDlq"
    return Measured(namespace="AWS/SNS", name=name, dimensions={"TopicName": topic.name})


def _of_table(name: str, table: TableRef, index: str) -> Measured:
    dimensions = {"TableName": table.name} | ({"GlobalSecondaryIndexName": index} if index else {})
    return Measured(namespace="AWS/DynamoDB", name=name, dimensions=dimensions)
