"""Notifies a bank of the outcomes of its uploads, and people of alarms."""

import json

from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from shared.contracts.outcomes import BANK_ID_ATTRIBUTE
from shared.infra.constructs.dead_letter_queue import ServiceSender
from shared.infra.refs import TopicRef
from shared.infra.settings.endpoints import NotificationEndpoint, SubscriptionProtocol


class Subscription(Construct):
    """Subscription of one endpoint to a topic; a bank's has a filter that lets through its own outcomes only.

    It is in the topic's stack, not with the bank's key: a person has to confirm an e-mail address, and must not have to
    do so again whenever the API is recreated.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        endpoint: NotificationEndpoint,
        topic: TopicRef,
        undelivered: ServiceSender,
        bank_id: str = "",
    ) -> None:
        """Make the subscription.

        Args:
            scope: parent.
            id_: construct id.
            endpoint: to which SNS sends.
            topic: of outcomes or alarms.
            undelivered: lets SNS send to the queue of what it could not deliver.
            bank_id: whose outcomes are sent; empty: everything that is published.
        """
        super().__init__(scope, id_)
        SnsTopicSubscription(
            self,
            "subscription",
            topic_arn=topic.arn,
            protocol=endpoint.protocol,
            endpoint=endpoint.address,
            filter_policy=json.dumps({BANK_ID_ATTRIBUTE: [bank_id]}) if bank_id else None,
            # A queue gets the message as it was published, with its attributes. HTTPS keeps SNS's envelope, because
            # its signature proves that the message is SNS's; e-mail has no raw messages.
            raw_message_delivery=endpoint.protocol is SubscriptionProtocol.SQS,
            redrive_policy=json.dumps({"deadLetterTargetArn": undelivered.queue.arn}),
            depends_on=[undelivered.resource],
        )
