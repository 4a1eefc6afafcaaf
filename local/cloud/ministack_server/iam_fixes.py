"""Fixes for what MiniStack 1.5.33 evaluates in another way than IAM does, where it evaluates policies at all (`AUTH`).

As in `api_fixes.py`; `tests/e2e/test_ministack_iam.py` shows each bug. What is not fixed: MiniStack evaluates neither a
state machine's role, nor the policy of a queue to which EventBridge sends.
"""

# pylint: disable=import-error,protected-access  # see api_fixes.py
# ruff: noqa: SLF001
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ministack import app  # type: ignore[import-not-found]  # see above
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]  # see above
from ministack.services import apigateway_v1, iam, tagging  # type: ignore[import-not-found]  # see above

Context = dict[str, Any]
"""Condition keys of a request."""
Query = Mapping[str, Any]

_UNNAMED: Final = "*"
_ARN_MEMBERS: Final = ("ResourceArn", "ResourceARN", "resourceArn", "OpenIDConnectProviderArn")
_NAMES: Final = {
    "events": ("Rule", "arn:aws:events:{region}:{account}:rule/{name}"),
    "lambda": ("FunctionName", "arn:aws:lambda:{region}:{account}:function:{name}"),
    "monitoring": ("AlarmNames", "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"),
}
"""Service -> a member of requests that names the resource, and the resource's ARN."""
_STREAM_ACTIONS: Final = ("CreateLogStream", "PutLogEvents")
_VERBS: Final = {"SELECT": "Select", "INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete"}
_STATEMENT: Final = re.compile(
    r'\s*(?P<verb>\w+)\s+(?:.*?\bFROM\s+|INTO\s+)?"?(?P<table>[\w.-]+)', re.IGNORECASE | re.DOTALL
)
_ROLE_MEMBERS: Final = {"Role": "lambda", "roleArn": "states", "RoleArn": "events"}
"""Member of a request that passes a role, and the service that it is passed to."""
_PASSED: Final = "ministack:PassedRoles"
_BOUNDARY: Final = "iam:PermissionsBoundary"


def fix_evaluation() -> None:
    """Put every fix in its place."""
    for module, name, fix in (
        (app, "pin_request_origin", take_loopback_for_tls),
        (iam_actions, "extract_resource_arn", name_resources),
        (iam_actions, "dynamodb_transaction_checks", check_statements),
        (iam_actions, "request_tag_context", complete_context),
        (iam_evaluator, "enforce", enforce_passing),
        (tagging, "resource_tags", inherit_tags),
    ):
        setattr(module, name, fix(getattr(module, name)))


def take_loopback_for_tls(pin: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    """A request on loopback counts as encrypted: else policies that deny plain HTTP deny everything here."""
    return lambda source_ip, _secure: pin(source_ip, True)  # noqa: FBT003  MiniStack's parameter


def name_resources(extract: Callable[..., str]) -> Callable[..., str]:
    """Requests that name their resource in another member have its ARN; MiniStack evaluates them on `*`."""

    def fixed(*request: Any) -> str:
        service, _method, _path, headers, body, query, *place = request
        arn = extract(*request)
        if service == "events":  # rules of the default bus, whose ARN does not have the bus
            arn = _UNNAMED if _member("Rule", body, query) else arn.replace(":rule/default/", ":rule/")
        if service == "logs" and headers.get("x-amz-target", "").endswith(_STREAM_ACTIONS):
            return f"{arn}:log-stream:{_member('logStreamName', body, query)}"
        return _named(service, body, query, place) if arn == _UNNAMED else arn

    return fixed


def _named(service: str, body: bytes, query: Query, place: Sequence[str]) -> str:
    arn = next(filter(None, (_member(each, body, query) for each in _ARN_MEMBERS)), "")
    if arn:
        return arn
    member, template = _NAMES.get(service, ("", ""))
    name = _member(member, body, query) or _member(f"{member}.member.1", body, query)
    region, account = place
    return template.format(region=region, account=account, name=name) if name else _UNNAMED


def _member(name: str, body: bytes, query: Query) -> str:
    """A member of a request in JSON, or else in the query protocol; the first of several."""
    value = _json(body).get(name) or query.get(name) or ""
    return str(value[0] if isinstance(value, list) else value)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(body or b"{}")
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return read if isinstance(read, dict) else {}


def check_statements(checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """PartiQL is evaluated by statement, as `dynamodb:PartiQLInsert` and so on; MiniStack asks for the operation."""

    def fixed(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        if action not in {"dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement"}:
            return checks(action, body, region, account)
        request = _json(body)
        texts = [each["Statement"] for each in request.get("Statements", [request])]
        found = {_STATEMENT.match(text) for text in dict.fromkeys(texts)}
        return [
            (
                f"dynamodb:PartiQL{_VERBS[each['verb'].upper()]}",
                f"arn:aws:dynamodb:{region}:{account}:table/{each['table']}",
            )
            for each in found
            if each
        ]

    return fixed


def complete_context(context: Callable[..., Context]) -> Callable[..., Context]:
    """Boundary, tags and passed roles of a request, which MiniStack leaves out."""

    def fixed(service: str, action: str, body: bytes, query: Query) -> Context:
        found = context(service, action, body, query)
        request = _json(body)
        if service == "iam" and (boundary := _boundary(query)):
            found[_BOUNDARY] = boundary
        if service == "apigateway" and (tags := request.get("tags")):
            found |= {f"aws:RequestTag/{key}".lower(): value for key, value in tags.items()}
            found["aws:TagKeys"] = list(tags)
        passed = [request, *request.get("Targets", [])] if service in {"lambda", "states", "events"} else []
        roles = {each[member]: to for each in passed for member, to in _ROLE_MEMBERS.items() if each.get(member)}
        return {**found, _PASSED: roles} if roles else found

    return fixed


def _boundary(query: Query) -> str:
    """The boundary in the request, or that of the role which it changes."""
    given = query.get("PermissionsBoundary")
    if given:
        return str(given[0] if isinstance(given, list) else given)
    name = _member("RoleName", b"", query)
    return str((iam._roles.get(name) or {}).get("PermissionsBoundary") or "")


def enforce_passing(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """Who gives a service a role needs `iam:PassRole` on it; MiniStack does not ask."""

    def fixed(key: str, action: str, service: str, region: str, **more: Any) -> Any:
        context = dict(more.pop("service_context", None) or {})
        roles = context.pop(_PASSED, {})
        denied = enforce(key, action, service, region, service_context=context, **more)
        for role, to in roles.items():
            passing = {"iam:PassedToService": f"{to}.amazonaws.com"}
            denied = denied or enforce(key, "iam:PassRole", "iam", region, resource_arn=role, service_context=passing)
        return denied

    return fixed


def inherit_tags(tags_of: Callable[[str], dict[str, str] | None]) -> Callable[[str], dict[str, str] | None]:
    """What is part of an API, a usage plan or a key has its tags; MiniStack knows none in API Gateway."""

    def fixed(arn: str) -> dict[str, str] | None:
        whole = re.match(r"arn:aws:apigateway:[^:]+::/(?:restapis|usageplans|apikeys)/[^/]+", arn)
        if not whole:
            return tags_of(arn)
        tags: dict[str, str] | None = apigateway_v1._v1_tags.get(whole[0])
        return tags

    return fixed
