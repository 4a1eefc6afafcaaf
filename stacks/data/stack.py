"""Data stack: what has to outlive every redeploy of the code around it."""

import hashlib
from collections.abc import Sequence
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
from shared.infra.constructs.dead_letter_queue import DeadLetterQueue, ServiceSender
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.retention import Retention
from shared.infra.constructs.table import Table
from shared.infra.constructs.topic import Topic
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.refs import BucketRef, QueueRef, TableRef, TopicRef
from shared.infra.settings.endpoints import parse_endpoint
from shared.infra.settings.settings import Settings
from shared.infra.stack_names import StackName
from stacks.data.subscription import Subscription

_ID_LENGTH: Final = 16
"""Hexadecimal digits of an operator's construct id."""


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
    outcomes: TopicRef
    alarms: TopicRef


class DataStack(EnvironmentStack):
    """Buckets, tables, topics, and queues with their alarms.

    Attributes:
        outputs: refs of all of them.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, StackName.DATA, settings=settings)
        alarms = self._topic("alarms", encrypted=False)
        namer = self.namer
        self.outputs = DataOutputs(
            reports=self._reports(),
            uploads=self._table("uploads", UPLOADS),
            transactions=self._table("transactions", TRANSACTIONS),
            banks=self._table("banks", BANKS),
            dead_letters=DeadLetterQueue(self, "dead-letters", namer=namer, alarms=alarms).ref,
            event_dead_letters=DeadLetterQueue(
                self, "event-dead-letters", namer=namer, alarms=alarms, service_sends=True
            ).ref,
            outcomes=self._topic("outcomes", encrypted=True),
            alarms=alarms,
        )
        undelivered = self._undelivered([self.outputs.outcomes, alarms])
        self._subscribe_banks(undelivered)
        self._subscribe_operators(undelivered)
        self._outputs(undelivered.queue)

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

    def _undelivered(self, topics: Sequence[TopicRef]) -> ServiceSender:
        """The queue of those topics' messages that SNS could not deliver to a contact or an operator."""
        return ServiceSender(
            self,
            "undelivered-sender",
            queue=DeadLetterQueue(
                self, "undelivered", namer=self.namer, alarms=self.outputs.alarms, service_sends=True
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

    def _subscribe_operators(self, undelivered: ServiceSender) -> None:
        operators = Construct(self, "operators")
        for address in self.settings.operators:
            # Not by position: when one leaves, the others must not have to confirm again.
            id_ = hashlib.sha256(address.encode()).hexdigest()[:_ID_LENGTH]
            endpoint = parse_endpoint(address)
            Subscription(operators, id_, endpoint=endpoint, topic=self.outputs.alarms, undelivered=undelivered)

    def _outputs(self, undelivered: QueueRef) -> None:
        made = self.outputs
        texts = (
            ("reports_bucket", made.reports.name, "Bucket of the reports, and of the errors in rejected ones"),
            ("uploads_table", made.uploads.name, "Table of the uploads and their statuses"),
            ("transactions_table", made.transactions.name, "Table of the transactions"),
            ("outcomes_topic_arn", made.outcomes.arn, "Topic of the uploads' outcomes: subscribe to it"),
            ("alarms_topic_arn", made.alarms.arn, "Topic of the alarms: the setting operators subscribes to it"),
            ("dead_letter_queue_url", made.dead_letters.url, "Queue of the uploads whose workflow failed"),
            (
                "event_dead_letter_queue_url",
                made.event_dead_letters.url,
                "Queue of the events that could not be delivered to the workflow",
            ),
            ("undelivered_queue_url", undelivered.url, "Queue of the messages that SNS could not deliver"),
        )
        for name, value, description in texts:
            TerraformOutput(self, name, value=value, description=description)
