"""The targets of the table: what belongs to a reach, by its names, or by its tags where AWS gives ids instead.

Patterns and condition keys are those of the Service Authorization Reference.
"""

from typing import Final

from shared.infra.naming import PROJECT
from shared.infra.rights.target import Area, Target

_NAME: Final = f"{PROJECT}-*-{{suffix}}"
_HERE: Final = "{region}:{account}"
_GATEWAY: Final = "arn:aws:apigateway:{region}::"
_GATEWAY_KINDS: Final = ("restapis", "usageplans", "apikeys", "domainnames")
_OWN: Final = ("{suffix}",)
_TAGGED: Final = {"aws:ResourceTag/Environment": _OWN}
_TAGGING: Final = {"aws:RequestTag/Environment": _OWN}
_ROLES: Final = (f"arn:aws:iam::{{account}}:role/{_NAME}",)
_BOUNDED: Final = {"StringEquals": {"iam:PermissionsBoundary": ("arn:aws:iam::{account}:policy/{boundary}",)}}
API_GATEWAY_LINKED_ROLE: Final = "ops.apigateway.amazonaws.com"

BUCKETS: Final = Target(why="buckets", area=Area.DATA, arns=(f"arn:aws:s3:::{_NAME}",))
OBJECTS: Final = Target(why="objects", area=Area.DATA, arns=(f"arn:aws:s3:::{_NAME}/*",))
TABLES: Final = Target(why="tables", area=Area.DATA, arns=(f"arn:aws:dynamodb:{_HERE}:table/{_NAME}",))
BANKS: Final = Target(
    # The only table with items that a stack declares: no CI role may read or write what was transacted.
    why="rows of banks",
    area=Area.DATA,
    arns=(f"arn:aws:dynamodb:{_HERE}:table/{PROJECT}-banks-{{suffix}}",),
)
WHOLE_BUCKETS: Final = Target(why="buckets and objects", area=Area.DATA, arns=BUCKETS.arns + OBJECTS.arns)
WHOLE_TABLES: Final = Target(
    why="tables and indexes",
    area=Area.DATA,
    arns=(*TABLES.arns, f"arn:aws:dynamodb:{_HERE}:table/{_NAME}/index/*"),
)
QUEUES: Final = Target(why="queues", area=Area.DATA, arns=(f"arn:aws:sqs:{_HERE}:{_NAME}",))
TOPICS: Final = Target(why="topics", area=Area.DATA, arns=(f"arn:aws:sns:{_HERE}:{_NAME}",))

FUNCTIONS: Final = Target(why="functions", area=Area.COMPUTE, arns=(f"arn:aws:lambda:{_HERE}:function:{_NAME}",))
ROLES: Final = Target(why="roles", area=Area.IDENTITY, arns=_ROLES)
BOUNDED_ROLES: Final = Target(
    # For a new role, the boundary in the request; for a policy of a role, the one that the role has.
    why="roles with the boundary",
    area=Area.IDENTITY,
    arns=_ROLES,
    conditions=_BOUNDED,
)
PASSED_ROLES: Final = Target(
    why="roles for services",
    area=Area.IDENTITY,
    arns=_ROLES,
    conditions={
        "StringEquals": {
            "iam:PassedToService": ("lambda.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"),
        }
    },
)
STATE_MACHINES: Final = Target(
    why="state machines", area=Area.COMPUTE, arns=(f"arn:aws:states:{_HERE}:stateMachine:{_NAME}",)
)
EXECUTIONS: Final = Target(
    # With `/`, those that a Distributed Map has started.
    why="executions",
    area=Area.COMPUTE,
    arns=(f"arn:aws:states:{_HERE}:execution:{_NAME}:*", f"arn:aws:states:{_HERE}:execution:{_NAME}/*"),
)
RULES: Final = Target(why="event rules", area=Area.COMPUTE, arns=(f"arn:aws:events:{_HERE}:rule/{_NAME}",))
ALARMS: Final = Target(why="alarms", area=Area.WATCH, arns=(f"arn:aws:cloudwatch:{_HERE}:alarm:{_NAME}",))
DASHBOARDS: Final = Target(
    # They belong to no region.
    why="dashboards",
    area=Area.WATCH,
    arns=(f"arn:aws:cloudwatch::{{account}}:dashboard/{_NAME}",),
)
LOG_GROUPS: Final = Target(
    # Log groups are evaluated with and without the end that stands for their streams, by action.
    why="log groups",
    area=Area.WATCH,
    arns=(f"arn:aws:logs:{_HERE}:log-group:/aws/*/{_NAME}", f"arn:aws:logs:{_HERE}:log-group:/aws/*/{_NAME}:*"),
)
XRAY: Final = Target(
    why="x-ray groups and rules",
    area=Area.WATCH,
    arns=(f"arn:aws:xray:{_HERE}:group/{_NAME}/*", f"arn:aws:xray:{_HERE}:sampling-rule/{_NAME}"),
)

# API Gateway has ids in its ARNs, so the tag decides. The parts of an API, a plan or a key have its tags.
GATEWAY: Final = Target(
    why="apis plans keys and domains",
    area=Area.API,
    arns=tuple(f"{_GATEWAY}/{kind}/*" for kind in _GATEWAY_KINDS),
    conditions={"StringLike": _TAGGED},
)
NEW_IN_GATEWAY: Final = Target(
    why="new apis plans keys and domains",
    area=Area.API,
    arns=tuple(f"{_GATEWAY}/{kind}" for kind in _GATEWAY_KINDS),
    conditions={"StringLike": _TAGGING},
)
GATEWAY_LISTS: Final = Target(
    # A list has no tags.
    why="lists of apis plans keys and domains",
    area=Area.API,
    arns=tuple(f"{_GATEWAY}/{kind}" for kind in _GATEWAY_KINDS),
)
GATEWAY_TAGS: Final = Target(why="tags in api gateway", area=Area.API, arns=(f"{_GATEWAY}/tags/*",))
GATEWAY_OWNER: Final = Target(
    # Else a foreign API could be given our tag, and be ours. Tags of a new one are evaluated with its creation.
    why="the owner of an api stays",
    area=Area.API,
    arns=(f"{_GATEWAY}/tags/*",),
    conditions={"ForAnyValue:StringEquals": {"aws:TagKeys": ("Application", "Environment")}},
    effect="Deny",
)
STAGES: Final = Target(
    # Foreign ones are out of reach by the tag that apigateway:SetWebACL needs besides.
    why="stages with a web acl",
    area=Area.API,
    arns=(f"{_GATEWAY}/restapis/*/stages/*",),
)
WEB_ACLS: Final = Target(why="web acls", area=Area.API, arns=(f"arn:aws:wafv2:{_HERE}:regional/webacl/{_NAME}/*",))
_EXECUTION_LOGS: Final = (f"arn:aws:logs:{_HERE}:log-group:API-Gateway-Execution-Logs_*",)
EXECUTION_LOGS: Final = Target(
    # API Gateway names them by the API's id.
    why="error logs of apis",
    area=Area.API,
    arns=_EXECUTION_LOGS,
    conditions={"StringLike": _TAGGED},
)
NEW_EXECUTION_LOGS: Final = Target(
    why="new error logs of apis",
    area=Area.API,
    arns=_EXECUTION_LOGS,
    # On a log group that exists, tagging needs its tag to be ours already.
    conditions={"StringLike": _TAGGING, "StringLikeIfExists": _TAGGED},
)

STATES: Final = Target(why="states", area=Area.ACCOUNT, arns=("arn:aws:s3:::{state_bucket}/{suffix}/*",))
STATE_LISTS: Final = Target(
    # `env:/` is where `terraform init` looks for workspaces.
    why="lists of states",
    area=Area.ACCOUNT,
    arns=("arn:aws:s3:::{state_bucket}",),
    conditions={"StringLike": {"s3:prefix": ("{suffix}/*", "env:/*")}},
)
_LOCK_TABLE: Final = (f"arn:aws:dynamodb:{_HERE}:table/{{lock_table}}",)
LOCKS: Final = Target(
    why="locks of states",
    area=Area.ACCOUNT,
    arns=_LOCK_TABLE,
    conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ("{state_bucket}/{suffix}/*",)}},
)
ALL_LOCKS: Final = Target(why="stale locks", area=Area.ACCOUNT, arns=_LOCK_TABLE)
SHARED_BUCKET: Final = Target(why="state bucket", area=Area.ACCOUNT, arns=("arn:aws:s3:::{state_bucket}",))
SHARED_TABLE: Final = Target(why="lock table", area=Area.ACCOUNT, arns=_LOCK_TABLE)
SHARED_IAM: Final = Target(
    why="identities of the account",
    area=Area.ACCOUNT,
    arns=(
        "arn:aws:iam::{account}:role/{api_logging_role}",
        f"arn:aws:iam::{{account}}:role/{PROJECT}-ci-*-{{region}}",
        f"arn:aws:iam::{{account}}:policy/{PROJECT}-*-{{region}}",
        "arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
    ),
)
GATEWAY_ACCOUNT: Final = Target(why="logging role of api gateway", area=Area.ACCOUNT, arns=(f"{_GATEWAY}/account",))
LINKED_ROLE: Final = Target(
    why="api gateway in a new account",
    area=Area.ACCOUNT,
    arns=("arn:aws:iam::{account}:role/aws-service-role/" + API_GATEWAY_LINKED_ROLE + "/*",),
    conditions={"StringEquals": {"iam:AWSServiceName": (API_GATEWAY_LINKED_ROLE,)}},
)
EVERYTHING: Final = Target(why="calls that know no resource", area=Area.ACCOUNT, arns=("*",))
