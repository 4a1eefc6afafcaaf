"""An SNS topic."""

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from shared.infra.refs import TopicRef


class Topic(Construct):
    """A topic.

    Attributes:
        ref: name and ARN.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, encrypted: bool) -> None:
        """Make the topic.

        Args:
            scope: parent.
            id_: construct id.
            name: physical name.
            encrypted: with SNS's own key. CloudWatch alarms cannot use that key, so a topic for alarms has none.
        """
        super().__init__(scope, id_)
        topic = SnsTopic(self, "topic", name=name, kms_master_key_id="alias/aws/sns" if encrypted else None)
        self.ref = TopicRef(name=topic.name, arn=topic.arn)
