"""What GitHub's workflows need in the account: an identity provider, and a role for each GitHub environment."""

from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from shared.infra.naming import SharedNamer
from shared.infra.policies import trust_token
from shared.infra.rights.documents import ci_documents
from shared.infra.rights.reach import CI_REACHES, Reach
from shared.infra.rights.target import Place
from shared.infra.settings.settings import Ci

_ISSUER: Final = "token.actions.githubusercontent.com"
_AUDIENCE: Final = "sts.amazonaws.com"
"""That of aws-actions/configure-aws-credentials."""


class CiAccess(Construct):
    """Identity provider, and a role for each GitHub environment.

    Attributes:
        role_arns: by the GitHub environment that assumes it.
    """

    def __init__(self, scope: Construct, id_: str, *, names: SharedNamer, ci: Ci, protected: bool) -> None:
        """Make provider and roles.

        Args:
            scope: parent.
            id_: construct id.
            names: of the account and region.
            ci: the repository, and the provider where the account has one.
            protected: whether Terraform refuses to plan the provider's destruction: other roles may trust it.
        """
        super().__init__(scope, id_)
        self._names = names
        self._repository = ci.repository
        provider_arn = ci.oidc_provider_arn or self._provider(protected=protected).arn
        self.role_arns = {reach.name: self._role(reach, provider_arn) for reach in CI_REACHES}

    def _provider(self, *, protected: bool) -> IamOpenidConnectProvider:
        # Without thumbprints: AWS verifies GitHub's certificate by its own list of authorities.
        return IamOpenidConnectProvider(
            self,
            "provider",
            url=f"https://{_ISSUER}",
            client_id_list=[_AUDIENCE],
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
        )

    def _role(self, reach: Reach, provider_arn: str) -> str:
        scope = Construct(self, reach.name)
        # The exact subject: with a wildcard, a branch that runs in no GitHub environment could assume the role.
        subject = f"repo:{self._repository}:environment:{reach.name}"
        claims = {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subject}
        role = IamRole(
            scope,
            "role",
            name=self._names.ci_role(reach.name),
            description=f"GitHub environment {reach.name} of {self._repository}",
            assume_role_policy=trust_token(provider_arn, claims),
        )
        place = Place(account_id=self._names.account_id, region=self._names.region, reach=reach)
        for area, document in ci_documents(place).items():
            policy = IamPolicy(scope, area, name=self._names.ci_policy(reach.name, area), policy=document)
            IamRolePolicyAttachment(scope, f"{area}-attachment", role=role.name, policy_arn=policy.arn)
        return role.arn
