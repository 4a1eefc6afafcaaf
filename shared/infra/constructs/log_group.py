"""A log group that is made before what writes to it, so it has a retention and is destroyed with its environment."""

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from shared.infra.refs import LogGroupRef


class LogGroup(Construct):
    """A log group with retention.

    Attributes:
        resource: to wait for, in what writes to it.
        ref: name and ARN.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, retention_days: int) -> None:
        super().__init__(scope, id_)
        self.resource = CloudwatchLogGroup(self, "group", name=name, retention_in_days=retention_days)
        self.ref = LogGroupRef(name=self.resource.name, arn=self.resource.arn)
