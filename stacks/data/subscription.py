"""A bank's own way to hear how its uploads ended."""

import json

from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from shared.contracts.outcomes import BANK_ID_ATTRIBUTE
from shared.infra.refs import TopicRef
from shared.infra.settings.contacts import Contact, Protocol


class BankContact(Construct):
    """Subscription of one bank to the topic of outcomes, with a filter that lets its own through and nobody else's.

    It lies beside the topic and not beside the bank's key: an e-mail address has to be confirmed by a person, and must
    not have to be so again whenever the API is made anew.
    """

    def __init__(self, scope: Construct, bank_id: str, *, contact: Contact, topic: TopicRef) -> None:
        """Make it.

        Args:
            scope: parent.
            bank_id: id of the bank, and construct id.
            contact: whom to tell.
            topic: of outcomes.
        """
        super().__init__(scope, bank_id)
        SnsTopicSubscription(
            self,
            "subscription",
            topic_arn=topic.arn,
            protocol=contact.protocol,
            endpoint=contact.endpoint,
            filter_policy=json.dumps({BANK_ID_ATTRIBUTE: [bank_id]}),
            # A queue gets the message as it was published, attributes and all. HTTPS keeps SNS's envelope, for its
            # signature is how a receiver knows that the message is SNS's; e-mail knows no raw messages.
            raw_message_delivery=contact.protocol is Protocol.SQS,
        )
