"""The pipeline in X-Ray: a group of its traces, and the rate at which it is traced where that is not the account's."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.xray_group import XrayGroup
from constructs import Construct

from shared.infra.constructs.sampling_rule import ENVIRONMENT_PRIORITY, SamplingRule
from shared.infra.naming import Namer, ResourceKind


class Tracing(Construct):
    """Group of one environment, and its own sampling rules.

    An account has 25 groups, which AWS does not raise, and 25 sampling rules: previews have neither.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        services: Sequence[str],
        roots: Mapping[str, str],
        rate: float,
    ) -> None:
        """Make the group, and rules if there are roots.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            services: a trace that passes through one of them belongs to the group.
            roots: purpose -> X-Ray's name of a service where traces begin; it may have stars. Empty where the account's
                rules are enough.
            rate: of the rules; see `SamplingRule`.
        """
        super().__init__(scope, id_)
        XrayGroup(
            self,
            "group",
            group_name=namer.name("pipeline", ResourceKind.XRAY_GROUP),
            filter_expression=" OR ".join(f'service("{each}")' for each in services),
        )
        for purpose, service in roots.items():
            name = namer.name(purpose, ResourceKind.XRAY_RULE)
            SamplingRule(self, purpose, name=name, service=service, rate=rate, priority=ENVIRONMENT_PRIORITY)
