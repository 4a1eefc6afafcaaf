"""Which quotas of an account end a deploy, as far as AWS answers; the local cloud has no limits."""

import io
from typing import Any

import pytest
from rich.console import Console

from shared.infra.adoption.aws import NoAnswerError
from shared.infra.adoption.survey import survey
from shared.infra.settings.settings import Bank
from tests.synth.synthesis import settings_of
from tests.unit.shared.infra.adoption.fakes import OURS, FakeAws, stack
from tools.operations.doctor import report_quotas

GROUP = {"compute-stack": stack({"aws_xray_group.g": {"group_name": "txn-pipeline-dev"}})}
USUAL = {"AccountLimit": {"ConcurrentExecutions": 1_000, "UnreservedConcurrentExecutions": 1_000}}
NEW = {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}}


def groups(number: int) -> dict[str, Any]:
    """As many groups of others, and X-Ray's own."""
    names = ["Default", *(f"g{each}" for each in range(number))]
    return {"Groups": [{"GroupName": each, "GroupARN": each} for each in names]}


def examined(answers: dict[str, Any], **changes: Any) -> tuple[int, str]:
    aws, out = FakeAws({"get_account_settings": USUAL, **answers}), io.StringIO()
    code = report_quotas(survey(GROUP, aws), settings_of("dev", **changes), aws, Console(file=out, width=400))
    return code, out.getvalue()


def test_a_deploy_fits_while_there_is_room_for_what_it_creates() -> None:
    code, text = examined({"get_groups": groups(24)})
    assert code == 0
    assert "25 (unless raised)" in text
    assert "ends half-way" not in text


def test_a_quota_that_is_used_up_is_reported_with_what_to_do() -> None:
    code, text = examined({"get_groups": groups(25)})
    assert code == 1
    assert "X-Ray groups: 25 of 25 are used, and a deploy would create 1." in text
    assert "set xray = false in this environment or in others (Service Quotas, xray, L-7F259013)." in text


def test_what_exists_already_needs_no_room() -> None:
    mine = {"Groups": [*groups(24)["Groups"], {"GroupName": "txn-pipeline-dev", "GroupARN": "arn"}]}
    tags = {"Tags": [{"Key": key, "Value": value} for key, value in OURS.items()]}
    assert examined({"get_groups": mine, "list_tags_for_resource arn": tags})[0] == 0


def test_a_quota_that_aws_has_raised_counts() -> None:
    code, text = examined({"get_groups": groups(25), "get_service_quota L-7F259013": {"Quota": {"Value": 50.0}}})
    assert code == 0
    assert "unless raised" in text  # of the other quotas


def test_where_aws_does_not_answer_the_use_is_unknown_and_no_reason_to_stop() -> None:
    silent = ("get_groups", "get_sampling_rules", "get_usage_plans", "get_account_summary", "get_service_quota")
    code, text = examined({each: NoAnswerError("AccessDenied") for each in (*silent, "get_account_settings")})
    assert code == 0
    assert text.count("unknown") == 4
    assert "lambda:GetAccountSettings" in text


def test_an_account_that_may_run_few_functions_at_once_is_told_what_to_ask_for() -> None:
    _, text = examined({"get_account_settings": NEW})
    assert "this account may run 10 functions at once" in text
    assert "Ask AWS for 1,000: Service Quotas, lambda, L-B99A9384" in text
    assert "L-B99A9384" not in examined({})[1]


@pytest.mark.parametrize(("reserved", "told"), [(0, False), (900, False), (901, True)])
def test_what_is_reserved_for_intake_must_leave_the_rest_a_hundred(reserved: int, *, told: bool) -> None:
    text = examined({}, intake_concurrency=reserved)[1]
    assert ("must leave 100 of the account's executions unreserved, and 1000 are" in text) is told


def test_what_takes_long_is_shown_as_well() -> None:
    assert "60 banks: " in examined({}, banks={f"b{number}": Bank(name="N") for number in range(60)})[1]


def test_on_the_local_cloud_there_is_nothing_to_ask_for() -> None:
    assert "Ask AWS" not in examined({"get_account_settings": NEW}, local_cloud=True)[1]
