"""Rules about settings, checked on a file as an operator writes it."""

import json
from pathlib import Path

import pytest

from shared.infra.settings.settings import read_settings
from tests.unit.shared.infra.settings.files import message, repository


def bank(bank_id: str, **values: int | str) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in ({"name": "N"} | values).items()]
    return "\n".join(["", f"[banks.{bank_id}]", *lines])


def test_quotas_below_the_committed_uploads_are_refused(tmp_path: Path) -> None:
    text = "committed_daily_uploads = 5000" + bank("nord") + bank("sued", quota_per_day=13_999)
    assert message(repository(tmp_path, extra=text)) == (
        "environments/default.toml: the banks' quotas allow 14,999 requests a day together (quota_per_day of each), "
        "fewer than the 15,000 that committed_daily_uploads = 5,000 needs at 3 requests each (the report, and its "
        "status twice): raise a bank's quota_per_day by 1 or more"
    )


def test_quotas_that_let_each_committed_upload_be_asked_for_twice_are_accepted(tmp_path: Path) -> None:
    text = "committed_daily_uploads = 5000" + bank("nord") + bank("sued", quota_per_day=14_000)
    repository(tmp_path, extra=text)
    assert read_settings({}, root=tmp_path).committed_daily_uploads == 5_000


def test_reports_cannot_be_archived_when_they_are_deleted_already(tmp_path: Path) -> None:
    error = message(repository(tmp_path, extra="report_days = 90\nreport_archive_days = 90"))
    assert error.endswith("report_archive_days = 90 is not less than report_days = 90, when reports are deleted")


@pytest.mark.parametrize(
    ("key", "value", "rule", "quota"),
    [
        ("rate_limit", 10_001, "is more than 10000", "API Gateway's quota `Throttle rate` of an account"),
        ("burst_limit", 5_001, "is more than 5000", "API Gateway's quota `Throttle burst rate` of an account"),
        ("quota_per_day", 864_000_001, "is more than 864000000", "`Throttle rate` of an account allows in a whole day"),
    ],
)
def test_the_limits_of_a_bank_are_within_those_of_the_account(
    tmp_path: Path, key: str, value: int, rule: str, quota: str
) -> None:
    error = message(repository(tmp_path, extra=bank("nord", **{key: value})))
    assert f"banks.nord.{key} = {value} {rule}. " in error
    assert quota in error


def test_banks_whose_names_could_be_those_of_another_environment_are_refused(tmp_path: Path) -> None:
    assert message(repository(tmp_path, extra=bank("nord") + bank("nord-sued") + bank("nordic"))) == (
        "environments/default.toml: banks.nord and banks.nord-sued can have the same names in AWS: 'nord-sued' in the "
        "environment 'dev' and 'nord' in 'sued-dev'; rename one"
    )


def test_two_banks_cannot_share_a_contact(tmp_path: Path) -> None:
    text = bank("nord", contact="ops@group.example") + bank("sued", contact="Ops@group.example")
    assert message(repository(tmp_path, extra=text)).endswith(
        "banks ['nord', 'sued'] share the contact 'ops@group.example': an SNS endpoint can subscribe for only one "
        "bank; use another endpoint"
    )


def test_a_contact_that_sns_cannot_notify_is_refused(tmp_path: Path) -> None:
    error = message(repository(tmp_path, extra=bank("nord", contact="nord")))
    assert "banks.nord.contact = 'nord' is neither an e-mail address, nor" in error


def test_more_banks_than_an_account_has_usage_plans_are_refused(tmp_path: Path) -> None:
    text = "".join(bank(f"b{number}") for number in range(301))
    assert "301 banks are more than 300 (API Gateway's quota `Usage plans per account`)" in message(
        repository(tmp_path, extra=text)
    )


def test_more_contacts_than_a_topic_has_filters_are_refused(tmp_path: Path) -> None:
    text = "".join(bank(f"b{number}", contact=f"b{number}@bank.example") for number in range(201))
    assert "201 contacts are more than 200 (SNS's quota `Filter policies per topic`)" in message(
        repository(tmp_path, extra=text)
    )


def test_operators_are_addresses_that_sns_can_notify(tmp_path: Path) -> None:
    error = message(repository(tmp_path, operators='["ops@bank.example", "http://hooks.bank.example"]'))
    assert "operators.1 = 'http://hooks.bank.example' is neither an e-mail address, nor an https URL" in error
    assert "Who is notified of alarms" in error


@pytest.mark.parametrize(
    ("operators", "rule"),
    [
        ('"ops@bank.example"', "operators = 'ops@bank.example' is not a list. "),
        ("[3]", "operators.0 = 3 is not a string. "),
        (
            '["ops@bank.example", "Ops@bank.example"]',
            "operators names 'ops@bank.example' 2 times: an SNS endpoint subscribes once",
        ),
    ],
)
def test_operators_are_a_list_of_different_addresses(tmp_path: Path, operators: str, rule: str) -> None:
    assert rule in message(repository(tmp_path, operators=operators))
    of_on_call = rule.replace("operators", "on_call")
    assert of_on_call in message(repository(tmp_path, on_call=operators))


def test_the_length_of_a_banks_id_is_limited_because_keys_of_data_are_never_hashed(tmp_path: Path) -> None:
    assert "a bank's id has at most 64 characters" in message(repository(tmp_path, extra=bank("n" * 65)))


@pytest.mark.parametrize("name", ["", "N" * 101, "N\t", "${path}"])
def test_a_banks_name_is_short_and_nothing_that_terraform_evaluates(tmp_path: Path, name: str) -> None:
    error = message(repository(tmp_path, extra=bank("nord", name=name)))
    assert f"banks.nord.name = {name!r} is malformed. " in error
    assert "1 to 100 printable characters without braces" in error


def test_a_region_that_leaves_no_room_in_a_buckets_name_is_refused_because_no_hash_can_help(tmp_path: Path) -> None:
    error = message(repository(tmp_path, region='"eu-very-much-central-and-south-1"'))
    assert "is too long for the names of buckets" in error


def test_the_committed_uploads_are_not_negative(tmp_path: Path) -> None:
    assert "committed_daily_uploads = -1 is less than 0" in message(repository(tmp_path, committed_daily_uploads="-1"))


def test_an_invalid_suffix_is_reported_with_every_error_of_the_file(tmp_path: Path) -> None:
    text = bank("nord", rate_limit=0, contact="nord") + bank("nord-sued", colour="red")
    suffix, *of_file = message(repository(tmp_path, extra=text), ENVIRONMENT_SUFFIX="Dev").split("\n")
    assert suffix.startswith("ENVIRONMENT_SUFFIX: environment suffix 'Dev': expected 1 to 16 lower-case letters")
    rules = (
        "banks.nord.contact = 'nord' is neither",
        "banks.nord.rate_limit = 0 is less than 1",
        "banks.nord-sued.colour is not a setting",
        "banks.nord and banks.nord-sued can have the same names",
    )
    assert [line for line, rule in zip(of_file, rules, strict=True) if rule not in line] == []
