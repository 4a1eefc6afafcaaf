"""Which logs of API Gateway belong to no API. That they reappear on AWS has not been seen on the local cloud."""

from shared.infra.adoption.aws import NoAnswerError
from tests.unit.shared.infra.adoption.fakes import FakeAws
from tools.operations.stray_logs import stray_logs

GROUPS = {"logGroups": [{"logGroupName": f"API-Gateway-Execution-Logs_{each}"} for each in ("gone/v1", "here/v1")]}


def test_a_log_group_whose_api_is_gone_is_found() -> None:
    aws = FakeAws({"describe_log_groups": GROUPS, "get_rest_apis": {"items": [{"id": "here"}]}})
    assert stray_logs(aws) == ["API-Gateway-Execution-Logs_gone/v1"]


def test_without_an_answer_about_the_apis_no_log_group_is_called_stray() -> None:
    denied = NoAnswerError("AccessDeniedException")
    assert stray_logs(FakeAws({"describe_log_groups": GROUPS, "get_rest_apis": denied})) == []
    assert stray_logs(FakeAws({"describe_log_groups": denied})) == []
