"""A role for one AWS service, with the permissions that it was granted line by line."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from shared.infra.policies import Grant, grants_document, trust


class ServiceRole(Construct):
    """A role with one inline policy: both are created and deleted together.

    Attributes:
        arn: of the role.
        policy: to wait for, in what must not start before it has its permissions.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        service: str,
        grants: Sequence[Grant],
        boundary_arn: str,
        account_id: str = "",
    ) -> None:
        """Make the role.

        Args:
            scope: parent.
            id_: construct id.
            name: physical name.
            service: which assumes it, such as `lambda.amazonaws.com`.
            grants: what it may do.
            boundary_arn: the permissions boundary, which limits whatever policy the role gets.
            account_id: where given, the service may assume it for this account's resources only.
        """
        super().__init__(scope, id_)
        role = IamRole(
            self,
            "role",
            name=name,
            assume_role_policy=trust(service, account_id=account_id),
            permissions_boundary=boundary_arn,
        )
        self.policy = IamRolePolicy(self, "policy", name=name, role=role.name, policy=grants_document(grants))
        self.arn = role.arn
