"""Data stack: what has to outlive every redeploy of the code around it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import TerraformOutput
from constructs import Construct

from shared.contracts.objects import (
    DELETED_DAYS,
    ERRORS_DAYS,
    ERRORS_PREFIX,
    LOADS_DAYS,
    LOADS_PREFIX,
    MANIFESTS_PREFIX,
    MAP_RESULTS_DAYS,
    MAP_RESULTS_PREFIX,
    OLD_VERSION_DAYS,
    REPORTS_PREFIX,
)
from shared.contracts.tables import BANKS, TRANSACTIONS, UPLOADS, TableKeys
from shared.infra.constructs.alarm import Priority
from shared.infra.constructs.dead_letter_queue import DeadLetterQueue, ServiceSender
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.retention import Retention
from shared.infra.constructs.table import Table
from shared.infra.constructs.topic import Topic
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.refs import AlarmTopics, BucketRef, QueueRef, TableRef, TopicRef
from shared.infra.settings.endpoints import parse_endpoint
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from stacks.data.alarms import watch_tables, watch_topics
from stacks.data.subscription import Subscription

_ID_LENGTH: Final = 16
"""Hexadecimal digits of a person's construct id."""


@dataclass(frozen=True, kw_only=True)
class DataOutputs:
    """What the stacks above use."""

    reports: BucketRef
    uploads: TableRef
    transactions: TableRef
    banks: TableRef
    dead_letters: QueueRef
    """Uploads whose workflow failed; a message has everything that a rerun needs."""
    event_dead_letters: QueueRef
    """Events that EventBridge could not deliver to the workflow."""
    undelivered: QueueRef
    """Messages that SNS could not deliver to a contact or an operator."""
    outcomes: TopicRef
    alarms: AlarmTopics


class DataStack(EnvironmentStack):
    """Buckets, tables, topics, and queues with their alarms.

    Attributes:
        outputs: refs of all of them.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, StackName.DATA, settings=settings)
        alarms = AlarmTopics(
            all=self._topic("alarms", encrypted=False), urgent=self._topic("urgent-alarms", encrypted=False)
        )
        namer = self.namer
        outcomes = self._topic("outcomes", encrypted=True)
        undelivered = self._undelivered([outcomes, alarms.all, alarms.urgent], alarms)
        self.outputs = DataOutputs(
            reports=self._reports(),
            uploads=self._table("uploads", UPLOADS),
            transactions=self._table("transactions", TRANSACTIONS),
            banks=self._table("banks", BANKS),
            dead_letters=DeadLetterQueue(
                self, "dead-letters", namer=namer, alarms=alarms, priority=Priority.URGENT
            ).ref,
            event_dead_letters=DeadLetterQueue(
                self,
                "event-dead-letters",
                namer=namer,
                alarms=alarms,
                priority=Priority.URGENT,
                service_sends=True,
            ).ref,
            undelivered=undelivered.queue,
            outcomes=outcomes,
            alarms=alarms,
        )
        self._subscribe_banks(undelivered)
        self._subscribe_people("operators", self.settings.operators, alarms.all, undelivered)
        self._subscribe_people("on-call", self.settings.on_call, alarms.urgent, undelivered)
        self._watch()
        self._outputs()

    def _reports(self) -> BucketRef:
        return PrivateBucket(
            self,
            "reports",
            name=self.namer.bucket("reports"),
            old_version_days=OLD_VERSION_DAYS,
            protected=self.settings.protect_data,
            events=True,
            retentions=[
                Retention(
                    prefix=REPORTS_PREFIX,
                    days=self.settings.report_days,
                    archive_days=self.settings.report_archive_days,
                ),
                *(
                    Retention(prefix=prefix, days=days, old_version_days=DELETED_DAYS)
                    for prefix, days in (
                        (ERRORS_PREFIX, ERRORS_DAYS),
                        (MANIFESTS_PREFIX, LOADS_DAYS),
                        (LOADS_PREFIX, LOADS_DAYS),
                        (MAP_RESULTS_PREFIX, MAP_RESULTS_DAYS),
                    )
                ),
            ],
        ).ref

    def _table(self, purpose: str, keys: TableKeys) -> TableRef:
        name = self.namer.name(purpose, ResourceKind.TABLE)
        return Table(self, purpose, name=name, keys=keys, protected=self.settings.protect_data).ref

    def _topic(self, purpose: str, *, encrypted: bool) -> TopicRef:
        return Topic(self, purpose, name=self.namer.name(purpose, ResourceKind.TOPIC), encrypted=encrypted).ref

    def _undelivered(self, topics: Sequence[TopicRef], alarms: AlarmTopics) -> ServiceSender:
        """The queue of those topics' messages that SNS could not deliver to a contact or an operator."""
        return ServiceSender(
            self,
            "undelivered-sender",
            queue=DeadLetterQueue(
                self,
                "undelivered",
                namer=self.namer,
                alarms=alarms,
                priority=Priority.ROUTINE,
                service_sends=True,
            ).ref,
            service="sns.amazonaws.com",
            source_arns=[each.arn for each in topics],
            why="keep messages that could not be delivered",
        )

    def _subscribe_banks(self, undelivered: ServiceSender) -> None:
        contacts = Construct(self, "contacts")
        for bank_id, bank in self.settings.banks.items():
            if bank.contact:
                endpoint = parse_endpoint(bank.contact)
                Subscription(
                    contacts,
                    bank_id,
                    endpoint=endpoint,
                    topic=self.outputs.outcomes,
                    undelivered=undelivered,
                    bank_id=bank_id,
                )

    def _subscribe_people(
        self, id_: str, addresses: Iterable[str], topic: TopicRef, undelivered: ServiceSender
    ) -> None:
        people = Construct(self, id_)
        for address in addresses:
            # Not by position: when one leaves, the others must not have to confirm again.
            own_id = hashlib.sha256(address.encode()).hexdigest()[:_ID_LENGTH]
            Subscription(people, own_id, endpoint=parse_endpoint(address), topic=topic, undelivered=undelivered)

    def _watch(self) -> None:
        made = self.outputs
        topics = [made.outcomes, made.alarms.all, made.alarms.urgent]
        watch_topics(self, namer=self.namer, alarms=made.alarms, topics=topics)
        tables = {
            "uploads": (made.uploads, UPLOADS),
            "transactions": (made.transactions, TRANSACTIONS),
            "banks": (made.banks, BANKS),
        }
        watch_tables(self, namer=self.namer, alarms=made.alarms, tables=tables)

    def _outputs(self) -> None:
        made = self.outputs
        texts = (
            ("reports_bucket", made.reports.name, "Bucket of the reports, and of the errors in rejected ones"),
            ("uploads_table", made.uploads.name, "Table of the uploads and their statuses"),
            ("transactions_table", made.transactions.name, "Table of the transactions"),
            ("outcomes_topic_arn", made.outcomes.arn, "Topic of the uploads' outcomes: subscribe to it"),
            ("alarms_topic_arn", made.alarms.all.arn, "Topic of all alarms: the setting operators subscribes to it"),
            (
                "urgent_alarms_topic_arn",
                made.alarms.urgent.arn,
                "Topic of the alarms that wake the person on call: the setting on_call subscribes to it",
            ),
            ("dead_letter_queue_url", made.dead_letters.url, "Queue of the uploads whose workflow failed"),
            (
                "event_dead_letter_queue_url",
                made.event_dead_letters.url,
                "Queue of the events that could not be delivered to the workflow",
            ),
            ("undelivered_queue_url", made.undelivered.url, "Queue of the messages that SNS could not deliver"),
        )
        for name, value, description in texts:
            TerraformOutput(self, name, value=value, description=description)
