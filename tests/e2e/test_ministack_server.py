"""What `local.cloud.ministack_server` changes in MiniStack: shown with the change and without it.

If a test fails on the MiniStack without fixes, the new version of MiniStack no longer has the bug: remove the fix.
"""

import io
import json
import socket
import struct
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest

from local.cloud.clients import Cloud
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder

pytestmark = pytest.mark.e2e
HANDLER = """
import time
from pathlib import Path
def handle(event, _context):
    Path(event["began"]).touch()
    while not Path(event["may_end"]).exists():
        time.sleep(0.02)
    return "{version}"
"""
INVOKED = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{}/invocations"
REQUESTS = 5
BODY = b"{}"
REQUEST = b"\r\n".join(
    [
        b"POST / HTTP/1.1",
        b"Host: localhost",
        b"X-Amz-Target: DynamoDB_20120810.ListTables",
        b"Content-Type: application/x-amz-json-1.0",
        b"Content-Length: 2",
        b"",
        BODY,
    ]
)
PLAIN_ALARM = {
    "AlarmName": "plain",
    "AlarmDescription": "5 % & more",
    "ActionsEnabled": "true",
    "AlarmActions.member.1": "arn:aws:sns:eu-central-1:000000000000:alarms",
    "OKActions.member.1": "arn:aws:sns:eu-central-1:000000000000:alarms",
    "Namespace": "AWS/SQS",
    "MetricName": "Messages",
    "Dimensions.member.1.Name": "QueueName",
    "Dimensions.member.1.Value": "one",
    "Statistic": "Maximum",
    "Period": "300",
    "EvaluationPeriods": "1",
    "Threshold": "0",
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}
COMMON = ("EvaluationPeriods", "Threshold", "ComparisonOperator")
ALARM_ON_EXPRESSION = {
    "AlarmName": "expression",
    **{name: PLAIN_ALARM[name] for name in COMMON},
    "Metrics.member.1.Id": "rate",
    "Metrics.member.1.Expression": "100 * errors",
    "Metrics.member.1.ReturnData": "true",
    "Metrics.member.2.Id": "errors",
    "Metrics.member.2.ReturnData": "false",
    "Metrics.member.2.MetricStat.Metric.Namespace": "AWS/Lambda",
    "Metrics.member.2.MetricStat.Metric.MetricName": "Errors",
    "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Name": "FunctionName",
    "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Value": "intake",
    "Metrics.member.2.MetricStat.Period": "300",
    "Metrics.member.2.MetricStat.Stat": "Sum",
}


@pytest.fixture(scope="module", params=["fixed", "unfixed"])
def server(request: pytest.FixtureRequest, user: dict[str, str]) -> Iterator[tuple[Cloud, bool]]:
    """A local cloud, and whether it has our fixes."""
    paths, fixed = find_paths(user), request.param == "fixed"
    start = ministack if fixed else partial(ministack, program=("-m", "ministack"))
    with (
        run_folder(paths.runs) as run,
        # pylint: disable-next=contextmanager-generator-missing-cleanup  # pytest ends it
        start(python=paths.ministack_python, run=run) as up,
    ):
        yield Cloud(endpoint_url=up.endpoint_url), fixed


def call(cloud: Cloud, method: str, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    """A request as the AWS SDK for Go sends it; status and body of the response."""
    scope = f"test/20261123/eu-central-1/{headers.pop('service')}/aws4_request"
    request = urllib.request.Request(  # noqa: S310  to the local cloud
        cloud.endpoint_url + path,
        data=body,
        method=method,
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}", **headers},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def rest(cloud: Cloud, method: str, path: str, content: Any) -> tuple[int, dict[str, Any]]:
    """A request to API Gateway."""
    kind = {"Content-Type": "application/json"}
    status, body = call(cloud, method, path, json.dumps(content).encode(), service="apigateway", **kind)
    return status, json.loads(body)


def query(cloud: Cloud, action: str, members: Mapping[str, str]) -> ET.Element:
    """A request to CloudWatch in AWS's query protocol, which hashicorp/aws 6.25 uses; the XML without its namespace."""
    form = urlencode({"Action": action, "Version": "2010-08-01", **members}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = call(cloud, "POST", "/", form, service="monitoring", **kind)
    assert status == 200, body
    document = ET.fromstring(body)  # noqa: S314  of the local cloud
    for element in document.iter():
        element.tag = element.tag.rpartition("}")[2]
    return document


def alarm(cloud: Cloud, members: Mapping[str, str]) -> ET.Element:
    """The alarm that was put with these members, as it is described."""
    query(cloud, "PutMetricAlarm", members)
    described = query(cloud, "DescribeAlarms", {"AlarmNames.member.1": members["AlarmName"]})
    (member,) = described.findall("DescribeAlarmsResult/MetricAlarms/member")
    return member


def flat(element: ET.Element, path: str = "") -> dict[str, str]:
    """The XML as the members of a request."""
    found, members = dict[str, str](), 0
    for child in element:
        members += child.tag == "member"
        name = f"{path}.member.{members}" if child.tag == "member" else f"{path}.{child.tag}".lstrip(".")
        found |= flat(child, name) if len(child) else {name: child.text or ""}
    return found


def archived(code: str) -> bytes:
    """The ZIP of a function whose handler has this code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("handler.py", code)
    return archive.getvalue()


def data_segments(connection: socket.socket) -> int:
    """How many TCP segments with data have arrived: what `recv` returns depends on how busy the machine is."""
    (segments,) = struct.unpack_from("=I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 152)
    return int(segments)


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux counts a connection's segments")
def test_a_responses_head_arrives_without_its_body_unless_fixed(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    url = urlsplit(cloud.endpoint_url)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        for _ in range(REQUESTS):
            connection.sendall(REQUEST)
            received = b""
            while b'{"TableNames"' not in received:
                received += connection.recv(65536)
        # A busy machine may send a segment again.
        assert (data_segments(connection) < 2 * REQUESTS) is fixed


def test_an_api_key_without_a_value_gets_one(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    status, key = rest(cloud, "POST", "/apikeys", {"name": "one", "value": "", "enabled": True})
    assert (status, len(key.get("value", ""))) == ((201, 32) if fixed else (400, 0))
    assert rest(cloud, "POST", "/apikeys", {"name": "two", "value": "short"})[0] == 400


def test_the_numbers_of_a_usage_plan_stay_numbers_when_they_are_changed(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    limits = {"quota": {"limit": 10, "period": "DAY"}, "throttle": {"rateLimit": 5.0, "burstLimit": 10}}
    _, plan = rest(cloud, "POST", "/usageplans", {"name": "one", **limits})
    changes = {"quota/limit": "123", "quota/offset": "0", "throttle/rateLimit": "1.5", "throttle/burstLimit": "20"}
    operations = [{"op": "replace", "path": f"/{path}", "value": value} for path, value in changes.items()]
    _, changed = rest(cloud, "PATCH", f"/usageplans/{plan['id']}", {"patchOperations": operations})
    seen = [changed["quota"]["limit"], changed["quota"]["offset"], *changed["throttle"].values()]
    assert seen == ([123, 0, 1.5, 20] if fixed else ["123", "0", "1.5", "20"])
    assert changed["quota"]["period"] == "DAY"


def test_a_function_is_told_the_key_that_its_caller_was_checked_by(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    client = cloud.apigateway
    code = "import json\ndef handle(event, _):\n    identity = event['requestContext']['identity']\n"
    cloud.lambda_.create_function(
        FunctionName="echo",
        Runtime="python3.11",
        Handler="handler.handle",
        Role="arn:aws:iam::000000000000:role/none",
        Code={"ZipFile": archived(code + "    return {'statusCode': 200, 'body': json.dumps(identity)}\n")},
    )
    api = client.create_rest_api(name="echo")["id"]
    root = client.get_rest_api(restApiId=api)["rootResourceId"]
    function = "arn:aws:lambda:eu-central-1:000000000000:function:echo"
    for method, required in (("GET", True), ("POST", False)):
        place: Any = {"restApiId": api, "resourceId": root, "httpMethod": method}
        client.put_method(**place, authorizationType="NONE", apiKeyRequired=required)
        client.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=INVOKED.format(function))
    client.create_deployment(restApiId=api, stageName="v1")
    key = client.create_api_key(name="echo", enabled=True)
    plan = client.create_usage_plan(name="echo", apiStages=[{"apiId": api, "stage": "v1"}])["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")

    def identity(method: str) -> Any:
        url = f"/restapis/{api}/v1/_user_request_/"
        return json.loads(call(cloud, method, url, b"", service="execute-api", **{"x-api-key": key["value"]})[1])

    assert ({"apiKey": key["value"], "apiKeyId": key["id"]}.items() <= identity("GET").items()) is fixed
    assert not {"apiKey", "apiKeyId"} & identity("POST").keys()


def test_what_is_made_with_tags_in_api_gateway_has_them(server: tuple[Cloud, bool]) -> None:
    client, fixed = server[0].apigateway, server[1]
    tags = {"Environment": "dev"}
    api = client.create_rest_api(name="tagged", tags=tags)["id"]
    (root,) = [each["id"] for each in client.get_resources(restApiId=api)["items"]]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(restApiId=api, stageName="v1", deploymentId=deployment, tags=tags)
    key, plan = (
        client.create_api_key(name="tagged", tags=tags)["id"],
        client.create_usage_plan(name="t", tags=tags)["id"],
    )
    paths = (f"restapis/{api}/stages/v1", f"apikeys/{key}", f"usageplans/{plan}")
    seen = [client.get_tags(resourceArn=f"arn:aws:apigateway:eu-central-1::/{path}")["tags"] for path in paths]
    assert seen == [tags if fixed else {}] * 3


def test_each_statement_of_a_batch_is_run_with_its_own_parameters(server: tuple[Cloud, bool]) -> None:
    client = server[0].dynamodb
    client.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    statement = """INSERT INTO "rows" VALUE {'id': ?, 'amount': ?}"""
    rows = [{"id": {"S": id_}, "amount": {"N": amount}} for id_, amount in (("a", "1"), ("b", "2"), ("a", "3"))]
    answers = client.batch_execute_statement(
        Statements=[{"Statement": statement, "Parameters": [row["id"], row["amount"]]} for row in rows]
    )["Responses"]
    assert [each.get("Error", {}).get("Code") for each in answers] == [None, None, "DuplicateItem"]
    found = client.scan(TableName="rows")["Items"]
    assert sorted(found, key=lambda item: item["id"]["S"]) == rows[:2]


def test_a_state_machine_keeps_its_tracing(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    client = cloud.client("stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = "arn:aws:iam::000000000000:role/none"
    arn = client.create_state_machine(
        name="one", definition=definition, roleArn=role, tracingConfiguration={"enabled": True}
    )["stateMachineArn"]
    other = client.create_state_machine(name="two", definition=definition, roleArn=role)["stateMachineArn"]

    def tracing(arn: str) -> Any:
        return client.describe_state_machine(stateMachineArn=arn).get("tracingConfiguration")

    assert tracing(arn) == ({"enabled": True} if fixed else None)
    assert tracing(other) == ({"enabled": False} if fixed else None)
    client.update_state_machine(stateMachineArn=arn, definition=definition)
    assert tracing(arn) == ({"enabled": True} if fixed else None)
    client.update_state_machine(stateMachineArn=arn, tracingConfiguration={"enabled": False})
    assert tracing(arn) == ({"enabled": False} if fixed else None)


def test_a_child_of_a_distributed_map_is_an_execution_of_its_own(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    client = cloud.session.client("stepfunctions", endpoint_url=cloud.endpoint_url)
    see = {"Type": "Pass", "Parameters": {"seen.$": "$$.Execution.Id"}, "End": True}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "See"}
    load = {"Type": "Map", "Label": "of", "ItemProcessor": {**processor, "States": {"See": see}}, "End": True}
    role = "arn:aws:iam::000000000000:role/none"
    machine = client.create_state_machine(
        name="mapping", definition=json.dumps({"StartAt": "Load", "States": {"Load": load}}), roleArn=role
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, input="[1]")["executionArn"]
    limit = time.monotonic() + 30
    while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < limit
        time.sleep(0.1)
    ((seen,),) = [each.values() for each in json.loads(found["output"])]
    assert (":mapping/of:" in seen) is fixed
    assert (seen == execution) is not fixed


@pytest.mark.parametrize("message", ["", "too busy", "too busy:\\ntry again"])
def test_a_function_fails_with_the_name_of_its_exception(server: tuple[Cloud, bool], message: str) -> None:
    cloud, fixed = server
    code = f"class TooBusyError(Exception):\n    pass\n\n\ndef handle(*_):\n    raise TooBusyError('{message}')\n"
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="failing",
        Runtime="python3.11",
        Handler="handler.handle",
        Role="arn:aws:iam::000000000000:role/none",
        Code={"ZipFile": archived(code)},
    )
    response = client.invoke(FunctionName="failing", Payload=b"{}")
    client.delete_function(FunctionName="failing")
    error = json.load(response["Payload"])
    assert error["errorMessage"] == message.replace("\\n", "\n")
    assert error["errorType"] == ("TooBusyError" if fixed else "Runtime.HandlerError")


def test_an_alarm_is_described_with_all_that_was_put(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    seen = flat(alarm(cloud, PLAIN_ALARM))
    lost = {name for name, value in PLAIN_ALARM.items() if seen.get(name) not in {value, f"{value}.0"}}
    assert lost == (set() if fixed else PLAIN_ALARM.keys() - {"AlarmName", "Namespace", "MetricName", *COMMON})
    assert ("StateUpdatedTimestamp" in seen) is fixed


def test_an_alarm_on_an_expression_has_its_metrics_and_no_period(server: tuple[Cloud, bool]) -> None:
    cloud, fixed = server
    seen = flat(alarm(cloud, ALARM_ON_EXPRESSION))
    assert (
        {name: seen[name] for name in ALARM_ON_EXPRESSION if name in seen} == ALARM_ON_EXPRESSION | {"Threshold": "0.0"}
    ) is fixed
    assert not {"Period", "Statistic"} & seen.keys()

    (described,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=["expression"])["MetricAlarms"]
    assert ({"Period", "Statistic"} & described.keys() == set()) is fixed
    assert [each["Id"] for each in described.get("Metrics", [])] == (["rate", "errors"] if fixed else [])
    assert [each["ReturnData"] for each in described.get("Metrics", [])] == ([True, False] if fixed else [])


def code(version: str) -> bytes:
    """The ZIP of a function that returns its version as soon as a file exists."""
    return archived(HANDLER.replace("{version}", version))


def test_an_invocation_that_is_running_finishes_with_its_old_code(server: tuple[Cloud, bool], tmp_path: Path) -> None:
    cloud, fixed = server
    began, may_end = tmp_path / "began", tmp_path / "may_end"
    cloud.lambda_.create_function(
        FunctionName="one",
        Role="arn:aws:iam::000000000000:role/none",
        Runtime="python3.11",
        Handler="handler.handle",
        Timeout=60,
        Code={"ZipFile": code("old")},
    )

    def invoke() -> Any:
        payload = json.dumps({"began": str(began), "may_end": str(may_end)})
        return json.loads(cloud.lambda_.invoke(FunctionName="one", Payload=payload)["Payload"].read())

    with ThreadPoolExecutor() as pool:
        running = pool.submit(invoke)
        while not began.exists():
            time.sleep(0.02)
        cloud.lambda_.update_function_code(FunctionName="one", ZipFile=code("new"))
        may_end.touch()
        assert invoke() == "new"
        assert (running.result() == "old") is fixed
    assert invoke() == "new"
