"""The environment's dashboard."""

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from shared.infra.naming import Namer, ResourceKind
from stacks.compute.dashboard.graphs import Watched, sections
from stacks.compute.dashboard.widgets import body


class Dashboard(Construct):
    """One page in CloudWatch with everything that is watched."""

    def __init__(self, scope: Construct, id_: str, *, namer: Namer, watched: Watched) -> None:
        """Make the dashboard.

        Args:
            scope: parent.
            id_: construct id, and purpose in its name.
            namer: of the environment.
            watched: what it shows.
        """
        super().__init__(scope, id_)
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=namer.name(id_, ResourceKind.DASHBOARD),
            dashboard_body=body(sections(watched), region=namer.region),
        )
