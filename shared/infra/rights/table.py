"""The table: what CI may do, by type of resource. `tests/synth/test_rights.py` holds it complete.

The actions are those that hashicorp/aws 6.25 calls to create, read, change, tag and delete a resource as the stacks
declare it, and those by which adoption finds it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.infra.rights import targets as on
from shared.infra.rights.target import Target

Right = tuple[Target, Sequence[str]]
"""Actions on a target."""


def _of(service: str, *actions: str) -> list[str]:
    return [f"{service}:{each}" for each in actions]


_TAGGING: Final = ("ListTagsForResource", "TagResource", "UntagResource")
_PARTS_OF_AN_API: Final[Sequence[Right]] = ((on.GATEWAY, _of("apigateway", "DELETE", "GET", "PATCH", "POST", "PUT")),)
_IN_GATEWAY: Final[Sequence[Right]] = (
    *_PARTS_OF_AN_API,
    (on.NEW_IN_GATEWAY, _of("apigateway", "POST")),
    (on.GATEWAY_LISTS, _of("apigateway", "GET")),
    (on.GATEWAY_TAGS, _of("apigateway", "DELETE", "GET", "POST", "PUT")),
    (on.GATEWAY_OWNER, _of("apigateway", "DELETE", "POST", "PUT")),
)

RIGHTS: Final[Mapping[str, Sequence[Right]]] = {
    "aws_s3_bucket": (
        (
            on.BUCKETS,
            # hashicorp/aws reads every setting of a bucket, managed or not. `force_destroy` empties the bucket.
            _of(
                "s3",
                *("CreateBucket", "DeleteBucket", "ListBucket", "ListBucketVersions", "PutBucketTagging"),
                *("GetAccelerateConfiguration", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation"),
                *("GetBucketLogging", "GetBucketObjectLockConfiguration", "GetBucketPolicy"),
                *("GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite"),
                *("GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetReplicationConfiguration"),
                *_TAGGING,
            ),
        ),
        (on.OBJECTS, _of("s3", "DeleteObject", "DeleteObjectVersion")),
    ),
    "aws_s3_bucket_cors_configuration": ((on.BUCKETS, _of("s3", "GetBucketCORS", "PutBucketCORS")),),
    "aws_s3_bucket_lifecycle_configuration": (
        (on.BUCKETS, _of("s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration")),
    ),
    "aws_s3_bucket_notification": ((on.BUCKETS, _of("s3", "GetBucketNotification", "PutBucketNotification")),),
    "aws_s3_bucket_policy": ((on.BUCKETS, _of("s3", "DeleteBucketPolicy", "GetBucketPolicy", "PutBucketPolicy")),),
    "aws_s3_bucket_public_access_block": (
        (on.BUCKETS, _of("s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock")),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        (on.BUCKETS, _of("s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration")),
    ),
    "aws_s3_bucket_versioning": ((on.BUCKETS, _of("s3", "GetBucketVersioning", "PutBucketVersioning")),),
    "aws_dynamodb_table": (
        (
            on.TABLES,
            _of(
                "dynamodb",
                *("CreateTable", "DeleteTable", "DescribeTable", "UpdateTable", "DescribeContinuousBackups"),
                *("UpdateContinuousBackups", "DescribeTimeToLive", "UpdateTimeToLive"),
                *("ListTagsOfResource", "TagResource", "UntagResource"),
            ),
        ),
    ),
    "aws_dynamodb_table_item": ((on.BANKS, _of("dynamodb", "DeleteItem", "GetItem", "PutItem", "UpdateItem")),),
    "aws_sqs_queue": (
        (
            on.QUEUES,
            _of(
                "sqs",
                *("CreateQueue", "DeleteQueue", "GetQueueAttributes", "GetQueueUrl", "SetQueueAttributes"),
                *("ListQueueTags", "TagQueue", "UntagQueue"),
            ),
        ),
    ),
    "aws_sqs_queue_policy": ((on.QUEUES, _of("sqs", "GetQueueAttributes", "SetQueueAttributes")),),
    "aws_sns_topic": (
        (on.TOPICS, _of("sns", "CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", *_TAGGING)),
    ),
    "aws_sns_topic_subscription": (
        (on.TOPICS, _of("sns", "ListSubscriptionsByTopic", "Subscribe")),
        # SNS has no resource for a subscription.
        (on.EVERYTHING, _of("sns", "GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe")),
    ),
    "aws_cloudwatch_log_group": (
        (on.LOG_GROUPS, _of("logs", "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", *_TAGGING)),
        (
            on.EXECUTION_LOGS,
            _of("logs", "DeleteLogGroup", "ListTagsForResource", "PutRetentionPolicy", "UntagResource"),
        ),
        (on.NEW_EXECUTION_LOGS, _of("logs", "CreateLogGroup", "TagResource")),
        (on.EVERYTHING, _of("logs", "DescribeLogGroups")),
    ),
    "aws_cloudwatch_log_metric_filter": (
        (on.LOG_GROUPS, _of("logs", "DeleteMetricFilter", "DescribeMetricFilters", "PutMetricFilter")),
    ),
    "aws_lambda_function": (
        (
            on.FUNCTIONS,
            # Without ListTags, GetFunction keeps the tags to itself, and adoption refuses the function.
            _of(
                "lambda",
                *("CreateFunction", "DeleteFunction", "GetFunction", "GetFunctionConfiguration"),
                *("GetFunctionCodeSigningConfig", "ListVersionsByFunction", "UpdateFunctionCode"),
                *("UpdateFunctionConfiguration", "ListTags", "TagResource", "UntagResource"),
                *("DeleteFunctionConcurrency", "GetFunctionConcurrency", "PutFunctionConcurrency"),
            ),
        ),
        (on.PASSED_ROLES, _of("iam", "PassRole")),
    ),
    "aws_lambda_permission": ((on.FUNCTIONS, _of("lambda", "AddPermission", "GetPolicy", "RemovePermission")),),
    "aws_iam_role": (
        # Never DeleteRolePermissionsBoundary. An existing role without the boundary can only be given it.
        (on.BOUNDED_ROLES, _of("iam", "CreateRole", "PutRolePermissionsBoundary")),
        (
            on.ROLES,
            _of(
                "iam",
                *("DeleteRole", "GetRole", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"),
                *("ListRolePolicies", "ListRoleTags", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole"),
                "UpdateRoleDescription",
            ),
        ),
    ),
    "aws_iam_role_policy": (
        (on.BOUNDED_ROLES, _of("iam", "DeleteRolePolicy", "PutRolePolicy")),
        (on.ROLES, _of("iam", "GetRolePolicy")),
    ),
    "aws_sfn_state_machine": (
        (
            on.STATE_MACHINES,
            _of(
                "states",
                *("CreateStateMachine", "DeleteStateMachine", "DescribeStateMachine", "ListStateMachineVersions"),
                *("UpdateStateMachine", *_TAGGING),
            ),
        ),
        (on.PASSED_ROLES, _of("iam", "PassRole")),
        # A plan validates the definition; AWS evaluates that on all state machines.
        (on.EVERYTHING, _of("states", "ValidateStateMachineDefinition")),
    ),
    "aws_cloudwatch_event_rule": (
        (on.RULES, _of("events", "DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "PutRule", *_TAGGING)),
    ),
    "aws_cloudwatch_event_target": (
        (on.RULES, _of("events", "ListTargetsByRule", "PutTargets", "RemoveTargets")),
        (on.PASSED_ROLES, _of("iam", "PassRole")),
    ),
    "aws_cloudwatch_metric_alarm": (
        (on.ALARMS, _of("cloudwatch", "DeleteAlarms", "PutMetricAlarm", *_TAGGING)),
        # Adoption lists all alarms of the project.
        (on.EVERYTHING, _of("cloudwatch", "DescribeAlarms")),
    ),
    "aws_cloudwatch_dashboard": (
        (on.DASHBOARDS, _of("cloudwatch", "DeleteDashboards", "GetDashboard", "PutDashboard")),
    ),
    "aws_xray_group": (
        (on.XRAY, _of("xray", "CreateGroup", "DeleteGroup", "GetGroup", "UpdateGroup", *_TAGGING)),
        (on.EVERYTHING, _of("xray", "GetGroups")),
    ),
    "aws_xray_sampling_rule": (
        (on.XRAY, _of("xray", "CreateSamplingRule", "DeleteSamplingRule", "UpdateSamplingRule", *_TAGGING)),
        (on.EVERYTHING, _of("xray", "GetSamplingRules")),
    ),
    "aws_api_gateway_rest_api": (
        *_IN_GATEWAY,
        # API Gateway makes its own role with the first API of an account.
        (on.LINKED_ROLE, _of("iam", "CreateServiceLinkedRole")),
    ),
    "aws_api_gateway_rest_api_policy": ((on.GATEWAY, _of("apigateway", "GET", "PATCH", "UpdateRestApiPolicy")),),
    "aws_api_gateway_domain_name": (
        *_IN_GATEWAY,
        # Mutual TLS. Reading the truststore is a right on its bucket, which no stack makes.
        (on.GATEWAY, _of("apigateway", "AddCertificateToDomain")),
        (on.NEW_IN_GATEWAY, _of("apigateway", "AddCertificateToDomain")),
    ),
    "aws_wafv2_web_acl": (
        (on.WEB_ACLS, _of("wafv2", "CreateWebACL", "DeleteWebACL", "GetWebACL", "UpdateWebACL", *_TAGGING)),
        (on.EVERYTHING, _of("wafv2", "ListWebACLs")),
    ),
    "aws_wafv2_web_acl_association": (
        (on.WEB_ACLS, _of("wafv2", "AssociateWebACL", "DisassociateWebACL", "GetWebACLForResource")),
        (on.STAGES, _of("wafv2", "AssociateWebACL", "DisassociateWebACL", "GetWebACLForResource")),
        (on.GATEWAY, _of("apigateway", "SetWebACL")),
    ),
    "aws_api_gateway_usage_plan": _IN_GATEWAY,
    "aws_api_gateway_api_key": _IN_GATEWAY,
    "aws_api_gateway_stage": (*_PARTS_OF_AN_API, (on.GATEWAY_TAGS, _of("apigateway", "DELETE", "GET", "POST", "PUT"))),
    **dict.fromkeys(
        (
            "aws_api_gateway_base_path_mapping",
            "aws_api_gateway_deployment",
            "aws_api_gateway_gateway_response",
            "aws_api_gateway_integration",
            "aws_api_gateway_method",
            "aws_api_gateway_method_settings",
            "aws_api_gateway_model",
            "aws_api_gateway_request_validator",
            "aws_api_gateway_resource",
            "aws_api_gateway_usage_plan_key",
        ),
        _PARTS_OF_AN_API,
    ),
    "terraform_data": (),
}
"""Type of resource -> what CI may do with it. Types of the state-stack alone are not here: CI does not deploy it."""

OF_EVERY_DEPLOY: Final[Sequence[Right]] = (
    (on.STATES, _of("s3", "DeleteObject", "GetObject", "PutObject")),
    (on.STATE_LISTS, _of("s3", "ListBucket")),
    (on.LOCKS, _of("dynamodb", "DeleteItem", "GetItem", "PutItem")),
    # Synth looks for the state-stack's resources in every environment.
    (on.SHARED_BUCKET, _of("s3", "GetBucketTagging")),
    (on.SHARED_TABLE, _of("dynamodb", "DescribeTable", "ListTagsOfResource")),
    (on.GATEWAY_ACCOUNT, _of("apigateway", "GET")),
    (on.SHARED_IAM, _of("iam", "GetOpenIDConnectProvider", "GetPolicy", "GetRole")),
)
"""What Terraform's backend and synth need besides."""

OF_SWEEPS: Final[Sequence[Right]] = (
    (on.EVERYTHING, _of("tag", "GetResources")),
    # `./dev unlock` looks for locks; a scan has no key that a condition could name.
    (on.ALL_LOCKS, _of("dynamodb", "Scan")),
)
"""What the workflow `leftovers` needs besides."""

BOUNDARY: Final[Sequence[Right]] = (
    (
        on.WHOLE_BUCKETS,
        _of("s3", "AbortMultipartUpload", "GetObject", "ListBucket", "ListMultipartUploadParts", "PutObject"),
    ),
    (
        on.WHOLE_TABLES,
        _of(
            "dynamodb",
            *("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PartiQLInsert", "PartiQLUpdate"),
            *("PutItem", "Query", "UpdateItem"),
        ),
    ),
    (on.QUEUES, _of("sqs", "SendMessage")),
    (on.TOPICS, _of("sns", "Publish")),
    (on.FUNCTIONS, _of("lambda", "InvokeFunction")),
    (on.STATE_MACHINES, _of("states", "StartExecution")),
    (on.EXECUTIONS, _of("states", "DescribeExecution", "StopExecution")),
    (on.LOG_GROUPS, _of("logs", "CreateLogStream", "PutLogEvents")),
    (
        on.EVERYTHING,
        _of(
            "logs",
            *("CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies"),
            *("GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"),
        )
        + _of("xray", "GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"),
    ),
)
"""The most that a role of the stacks may do, whatever its policy says: what the stacks grant, and nothing of IAM."""
