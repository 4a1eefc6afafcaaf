"""Fixes for MiniStack 1.5.33, where it treats a request of `hashicorp/aws`, or an error, in another way than AWS does.

Each replaces a private function of MiniStack, because there is no other place.
`tests/e2e/test_ministack_server.py` shows each bug in MiniStack as it is, and fails as soon as a new version no longer
needs the fix.
"""

# pylint: disable=import-error,protected-access  # see above; MiniStack is installed in its own environment, not in ours
# ruff: noqa: SLF001
import json
import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from xml.sax.saxutils import escape

from ministack.core.responses import get_region  # type: ignore[import-not-found]  # see above
from ministack.services import apigateway_v1, cloudwatch, lambda_svc, stepfunctions  # type: ignore[import-not-found]  # see above

Response = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body."""
Handler = Callable[..., Response]
Params = Mapping[str, list[str]]
"""The members of a request of AWS's query protocol."""

_PLAN_NUMBERS: Final = {
    "/quota/limit": int,
    "/quota/offset": int,
    "/throttle/burstLimit": int,
    "/throttle/rateLimit": float,
}
_QUERY_TYPES: Final[Mapping[str, Callable[[str], Any]]] = {"Period": int, "ReturnData": lambda text: text == "true"}
_ANY_ERROR: Final = "Runtime.HandlerError"
_EXCEPTION: Final = re.compile(r"(?:[\w.]+\.)?(?P<name>\w+)(?:: )?")
"""Begin of a traceback's last part: `functions.common.errors.TemporaryError: `, before the message."""
_NO_TRACING: Final = {"enabled": False}


def fix_apis() -> None:
    """Put every fix in its place."""
    for module, name, fix in (
        (apigateway_v1, "_create_api_key", generate_key),
        (apigateway_v1, "_create_api_key", partial(keep_tags, path="apikeys/{id}")),
        (apigateway_v1, "_create_usage_plan", partial(keep_tags, path="usageplans/{id}")),
        (apigateway_v1, "_create_stage", partial(keep_tags, path="restapis/{api}/stages/{stageName}")),
        (apigateway_v1, "_update_usage_plan", keep_plan_numbers),
        (apigateway_v1, "_build_lambda_event_v1", name_key),
        (apigateway_v1, "_gateway_error_response", name_request),
        (stepfunctions, "_create_state_machine", keep_tracing),
        (stepfunctions, "_update_state_machine", keep_tracing),
        (stepfunctions, "_run_sub_machine", be_an_execution),
        (lambda_svc, "_execute_function_warm", name_errors),
        (cloudwatch, "_put_metric_alarm", keep_metrics),
        (cloudwatch, "_describe_alarms", describe_whole_alarms),
    ):
        setattr(module, name, fix(getattr(module, name)))


def generate_key(create: Handler) -> Handler:
    """An API key with the value "" gets a generated one; MiniStack rejects it as too short."""
    return lambda data: create({name: value for name, value in data.items() if (name, value) != ("value", "")})


def keep_tags(create: Handler, *, path: str) -> Handler:
    """What is created with tags has them; MiniStack keeps those of a REST API only.

    Args:
        create: has the request as its last argument, and before it the id of the API, if it is for a part of one.
        path: end of the new resource's ARN, from the response.
    """

    def fixed(*arguments: Any) -> Response:
        status, _headers, body = response = create(*arguments)
        if status == HTTPStatus.CREATED and (tags := arguments[-1].get("tags")):
            arn = f"arn:aws:apigateway:{get_region()}::/{path.format(api=arguments[0], **json.loads(body))}"
            apigateway_v1._v1_tags[arn] = dict(tags)
        return response

    return fixed


def keep_plan_numbers(update: Handler) -> Handler:
    """The numbers of a usage plan stay numbers; MiniStack stores the text of the patch operation."""

    def fixed(plan_id: str, data: Mapping[str, Any]) -> Response:
        operations = [_with_number(each) for each in data.get("patchOperations", [])]
        return update(plan_id, {**data, "patchOperations": operations})

    return fixed


def _with_number(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    number, value = _PLAN_NUMBERS.get(operation.get("path", "")), operation.get("value")
    return {**operation, "value": number(value)} if number and isinstance(value, str) else operation


def name_key(build: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A function is told the API key that its caller was checked by, and the key's id; MiniStack tells neither."""

    # The parameters up to the headers are MiniStack's, which passes them by position.
    def fixed(*arguments: Any, **options: Any) -> dict[str, Any]:
        event = build(*arguments, **options)
        resource, method, headers = arguments[3], arguments[5], arguments[6]
        methods = resource["resourceMethods"]
        if (methods.get(method) or methods["ANY"])["apiKeyRequired"]:
            key = apigateway_v1._resolve_api_key(apigateway_v1._api_key_from_request(headers))
            event["requestContext"]["identity"] |= {"apiKey": key["value"], "apiKeyId": key["id"]}
        return event

    return fixed


def name_request(answer: Callable[[Any, Mapping[str, Any]], Response]) -> Callable[..., Response]:
    """API Gateway's own answers have the request's extended id; MiniStack leaves the variable as it is."""

    def fixed(error: Any, request: Mapping[str, Any]) -> Response:
        status, headers, body = answer(error, request)
        return status, headers, body.replace(b"$context.extendedRequestId", request["request_id"].encode())

    return fixed


def be_an_execution(run: Callable[..., Any]) -> Callable[..., Any]:
    """A child of a Distributed Map sees itself as the execution; MiniStack shows it the one around the Map."""

    def fixed(
        states: Any, start_at: str, data: Any, execution: Mapping[str, Any], context: MutableMapping[str, Any]
    ) -> Any:
        if "mapRunArn" in execution:
            context["Execution"] = {
                "Id": execution["executionArn"],
                "Input": data,
                "Name": execution["name"],
                "StartTime": execution["startDate"],
            }
        return run(states, start_at, data, execution, context)

    return fixed


def keep_tracing(write: Handler) -> Handler:
    """A state machine has its tracing configuration; MiniStack drops it."""

    def fixed(data: Mapping[str, Any]) -> Response:
        status, _headers, body = response = write(data)
        if status == HTTPStatus.OK:
            arn = data.get("stateMachineArn") or json.loads(body)["stateMachineArn"]
            machine = stepfunctions._state_machines[arn]
            machine["tracingConfiguration"] = data.get("tracingConfiguration") or machine.get(
                "tracingConfiguration", _NO_TRACING
            )
        return response

    return fixed


def name_errors(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A function's error has the name of its exception's class, by which Retry and Catch know it.

    MiniStack calls every error `Runtime.HandlerError`. The traceback, at the end of the log, has the name.
    """

    def fixed(*arguments: Any) -> dict[str, Any]:
        result = execute(*arguments)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == _ANY_ERROR:
            last = result.get("log", "").rstrip().removesuffix(body["errorMessage"].rstrip()).rpartition("\n")[2]
            if name := _EXCEPTION.fullmatch(last):
                body["errorType"] = name["name"]
        return result

    return fixed


def keep_metrics(put: Handler) -> Handler:
    """An alarm on an expression has its metrics, and no period and statistic; MiniStack drops the metrics."""

    def fixed(params: Params, data: Mapping[str, Any], *protocol: bool) -> Response:
        response = put(params, data, *protocol)
        sent = data if any(protocol) else read_query(params)
        if response[0] == HTTPStatus.OK and sent.get("Metrics"):
            alarm = cloudwatch._alarms[sent["AlarmName"]]
            alarm["Metrics"] = sent["Metrics"]
            for name in ("Period", "Statistic"):
                del alarm[name]
        return response

    return fixed


def describe_whole_alarms(describe: Handler) -> Handler:
    """The XML has all that the JSON has; MiniStack's lacks actions, dimensions, period and more."""

    def fixed(params: Params, data: Mapping[str, Any], *protocol: bool) -> Response:
        response = describe(params, data, *protocol)
        if any(protocol) or response[0] != HTTPStatus.OK:
            return response
        _, _, body = describe(params, read_query(params), is_cbor=False, is_json=True)
        result = write_xml("DescribeAlarmsResult", json.loads(body))
        xml: Response = cloudwatch._xml(200, "DescribeAlarmsResponse", result)
        return xml

    return fixed


def read_query(params: Params) -> dict[str, Any]:
    """A request of AWS's query protocol as the same request in JSON: `Actions.member.1=a` -> `{"Actions": ["a"]}`."""
    read: dict[str, Any] = {}
    for path, values in params.items():
        *parents, name = re.sub(r"\.member\.", ".", path).split(".")
        place: MutableMapping[str, Any] = read
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = _QUERY_TYPES.get(name, str)(values[0] if isinstance(values, list) else values)
    lists: dict[str, Any] = _with_lists(read)
    return lists


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    read = {name: _with_lists(each) for name, each in value.items()}
    return [read[index] for index in sorted(read, key=int)] if all(map(str.isdecimal, read)) and read else read


def write_xml(name: str, value: Any) -> str:
    """A JSON value in the XML of AWS's query protocol."""
    match value:
        case None:
            return ""
        case dict():
            inner = "".join(write_xml(key, each) for key, each in value.items())
        case list():
            inner = "".join(write_xml("member", each) for each in value)
        case bool():
            inner = str(value).lower()
        case int() if name.endswith("Timestamp"):
            inner = cloudwatch._ts_iso(value)
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"
