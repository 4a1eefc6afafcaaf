"""Permissions boundaries of the roles of all environments: one for each reach, so that none can act in another."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from shared.infra.naming import SharedNamer
from shared.infra.rights.documents import boundary_document
from shared.infra.rights.reach import REACHES
from shared.infra.rights.target import Place


class Boundaries(Construct):
    """The policies. They exist whether or not CI deploys: a role keeps its boundary when CI begins to."""

    def __init__(self, scope: Construct, id_: str, *, names: SharedNamer) -> None:
        super().__init__(scope, id_)
        for reach in REACHES:
            place = Place(account_id=names.account_id, region=names.region, reach=reach)
            IamPolicy(
                self,
                reach.name,
                name=names.boundary(reach.name),
                description=f"The most that roles of {reach.name} environments may do",
                policy=boundary_document(place),
            )
