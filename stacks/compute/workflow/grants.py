"""What the state machines may do: what their definitions do."""

from collections.abc import Sequence

from shared.contracts.objects import MANIFESTS_PREFIX, MAP_RESULTS_PREFIX
from shared.infra.naming import Namer
from shared.infra.policies import Grant, log_delivery, tracing_of_workflows
from shared.infra.refs import BucketRef
from stacks.compute.workflow.definition import WorkflowParts
from stacks.compute.workflow.large_path import LABEL


def grants(parts: WorkflowParts) -> list[Grant]:
    """Permissions of the machine of either definition."""
    functions = [each.arn for each in (parts.validation, parts.transformation, parts.notification)]
    return [
        Grant(actions=["lambda:InvokeFunction"], on=functions, why="run its steps"),
        Grant(
            actions=["dynamodb:GetItem", "dynamodb:UpdateItem"],
            on=[parts.uploads.arn],
            why="find the attempt and mark it as failed",
        ),
        Grant(actions=["sns:Publish"], on=[parts.outcomes.arn], why="publish the failure of an upload"),
        Grant(actions=["sqs:SendMessage"], on=[parts.dead_letters.arn], why="keep a failed upload for a rerun"),
        log_delivery(),
        tracing_of_workflows(),
    ]


def distributed_map_grants(name: str, *, namer: Namer, reports: BucketRef) -> Sequence[Grant]:
    """What the machine of large reports needs besides (developer guide, "IAM policies for Distributed Map").

    Args:
        name: of the machine. Its ARN is made of it, because the machine waits for its permissions.
        namer: of the environment.
        reports: bucket of the manifests.
    """
    here = f"arn:aws:states:{namer.region}:{namer.account_id}"
    return [
        Grant(actions=["states:StartExecution"], on=[f"{here}:stateMachine:{name}"], why="run each range"),
        Grant(
            actions=["states:DescribeExecution", "states:StopExecution"],
            on=[f"{here}:execution:{name}:*", f"{here}:execution:{name}/{LABEL}:*"],
            why="follow and stop the executions of ranges",
        ),
        Grant(actions=["s3:GetObject"], on=[f"{reports.arn}/{MANIFESTS_PREFIX}*"], why="read the ranges of a report"),
        Grant(
            actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            on=[f"{reports.arn}/{MAP_RESULTS_PREFIX}*"],
            why="write the results of the Map",
        ),
    ]
