"""Log groups that API Gateway made for an API that is gone: for `./dev doctor`.

The API's own log group is created before its stage, and destroyed with it. But AWS's managed policy for API Gateway's
role has `logs:CreateLogGroup`, so lines that are flushed after a destroy make the group again: without tags, and kept
forever.
"""

from typing import Final

from shared.infra.adoption.aws import Aws, NoAnswerError

_PREFIX: Final = "API-Gateway-Execution-Logs_"
"""API Gateway names its execution logs `API-Gateway-Execution-Logs_{API's id}/{stage}`."""


def stray_logs(aws: Aws) -> list[str]:
    """Names of the log groups whose API does not exist in this account and region; none if AWS does not answer."""
    try:
        groups = aws.all("logs", "describe_log_groups", logGroupNamePrefix=_PREFIX).get("logGroups", [])
        apis = aws.all("apigateway", "get_rest_apis").get("items", [])
    except NoAnswerError:
        return []
    known = {each["id"] for each in apis}
    names = (str(each["logGroupName"]) for each in groups)
    return sorted(each for each in names if each.removeprefix(_PREFIX).partition("/")[0] not in known)
