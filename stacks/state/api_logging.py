"""Lets API Gateway write logs. It is one setting of an account and region, so no environment can have it."""

from cdktf_cdktf_provider_aws.api_gateway_account import ApiGatewayAccount
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from shared.infra.policies import trust


class ApiLogging(Construct):
    """The role and the setting, with the policy that AWS manages for this purpose."""

    def __init__(self, scope: Construct, id_: str, *, role_name: str) -> None:
        super().__init__(scope, id_)
        role = IamRole(self, "role", name=role_name, assume_role_policy=trust("apigateway.amazonaws.com"))
        policy = IamRolePolicyAttachment(
            self,
            "policy",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        )
        # API Gateway tries the role when it is set, so the role must have its policy by then.
        ApiGatewayAccount(self, "account", cloudwatch_role_arn=role.arn, depends_on=[policy])
