"""Data stack: what has to outlive every redeploy of the code around it."""

from dataclasses import dataclass

from cdktf import TerraformOutput
from constructs import Construct

from shared.contracts.tables import BANKS, TRANSACTIONS, UPLOADS, TableKeys
from shared.infra.constructs.private_bucket import PrivateBucket
from shared.infra.constructs.queue import DeadLetterQueue
from shared.infra.constructs.table import Table
from shared.infra.constructs.topic import Topic
from shared.infra.environment_stack import EnvironmentStack
from shared.infra.naming import ResourceKind
from shared.infra.refs import BucketRef, QueueRef, TableRef, TopicRef
from shared.infra.settings.contacts import parse_contact
from shared.infra.settings.settings import Settings
from stacks.data.subscription import BankContact

_OLD_REPORT_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class DataOutputs:
    """What the stacks above use."""

    reports: BucketRef
    uploads: TableRef
    transactions: TableRef
    banks: TableRef
    dead_letters: QueueRef
    """Reports whose workflow failed; a message has everything that a rerun needs."""
    undelivered: QueueRef
    """Events that EventBridge could not hand to the workflow."""
    outcomes: TopicRef
    alarms: TopicRef


class DataStack(EnvironmentStack):
    """Buckets, tables, queues, topics.

    Attributes:
        outputs: refs of all of them.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "data-stack", settings=settings)
        self.outputs = DataOutputs(
            reports=self._reports(),
            uploads=self._table("uploads", UPLOADS),
            transactions=self._table("transactions", TRANSACTIONS),
            banks=self._table("banks", BANKS),
            dead_letters=self._queue("dead-letters"),
            undelivered=self._queue("undelivered"),
            outcomes=self._topic("outcomes", encrypted=True),
            alarms=self._topic("alarms", encrypted=False),
        )
        self._subscribe_banks()
        self._outputs()

    def _reports(self) -> BucketRef:
        return PrivateBucket(
            self,
            "reports",
            name=self.namer.bucket("reports"),
            old_version_days=_OLD_REPORT_DAYS,
            protected=self.settings.protect_data,
            events=True,
        ).ref

    def _table(self, purpose: str, keys: TableKeys) -> TableRef:
        name = self.namer.name(purpose, ResourceKind.TABLE)
        return Table(self, purpose, name=name, keys=keys, protected=self.settings.protect_data).ref

    def _queue(self, purpose: str) -> QueueRef:
        return DeadLetterQueue(self, purpose, name=self.namer.name(purpose, ResourceKind.QUEUE)).ref

    def _topic(self, purpose: str, *, encrypted: bool) -> TopicRef:
        return Topic(self, purpose, name=self.namer.name(purpose, ResourceKind.TOPIC), encrypted=encrypted).ref

    def _subscribe_banks(self) -> None:
        contacts = Construct(self, "contacts")
        for bank_id, bank in self.settings.banks.items():
            if bank.contact:
                BankContact(contacts, bank_id, contact=parse_contact(bank.contact), topic=self.outputs.outcomes)

    def _outputs(self) -> None:
        texts = (
            (
                "reports_bucket",
                self.outputs.reports.name,
                "Bucket that holds the reports and the refused ones' problems",
            ),
            ("uploads_table", self.outputs.uploads.name, "Table of uploads and where they stand"),
            ("transactions_table", self.outputs.transactions.name, "Table of transactions"),
            (
                "outcomes_topic_arn",
                self.outputs.outcomes.arn,
                "Topic that tells how each upload ended: subscribe to it",
            ),
            ("alarms_topic_arn", self.outputs.alarms.arn, "Topic of alarms: subscribe the operators to it"),
            ("dead_letter_queue_url", self.outputs.dead_letters.url, "Queue of reports whose workflow failed"),
            ("undelivered_queue_url", self.outputs.undelivered.url, "Queue of events that did not reach the workflow"),
        )
        for name, value, description in texts:
            TerraformOutput(self, name, value=value, description=description)
