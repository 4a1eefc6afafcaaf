"""What exists is ours if its tags say so; a name alone is enough only where there are no tags."""

from collections.abc import Mapping

import pytest

from shared.infra.adoption.ownership import Decision, Found, Owner, Ownership, resolve_ownership
from tests.unit.shared.infra.adoption.fakes import OURS, THEIRS

US = Owner(application="transaction-pipeline", environment="dev")


def found(import_id: str, tags: Mapping[str, str] | None) -> Found:
    return Found(import_id=import_id, tags=tags)


def test_what_does_not_exist_is_created() -> None:
    assert resolve_ownership([], US).decision is Decision.CREATE


@pytest.mark.parametrize("tags", [OURS, OURS | {"Team": "x"}, None])
def test_what_is_ours_is_adopted(tags: Mapping[str, str] | None) -> None:
    ownership = resolve_ownership([found("a", tags)], US)
    assert ownership.decision is Decision.ADOPT
    assert ownership.found == found("a", tags)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        (THEIRS, "belongs to Application=payroll, Environment=prod"),
        (OURS | {"Environment": "pr1"}, "belongs to Application=transaction-pipeline, Environment=pr1"),
        ({"Environment": "dev"}, "belongs to Environment=dev"),
        ({}, "has no tags that show its owner"),
        ({"Password": "hunter2"}, "has no tags that show its owner"),
    ],
)
def test_what_is_not_ours_is_refused_with_its_owner_and_no_other_tags(tags: dict[str, str], reason: str) -> None:
    ownership = resolve_ownership([found("a", tags)], US)
    assert (ownership.decision, ownership.reason) == (Decision.REFUSE, reason)


def test_a_note_replaces_the_tags() -> None:
    assert resolve_ownership([Found(import_id="a", tags={}, note="is hidden")], US).reason == "is hidden"


def test_of_several_with_one_name_the_one_with_our_tags_is_adopted() -> None:
    assert resolve_ownership([found("a", THEIRS), found("b", OURS)], US).found == found("b", OURS)


def test_several_that_are_ours_are_refused() -> None:
    ownership = resolve_ownership([found("b", OURS), found("a", OURS)], US)
    assert ownership.decision is Decision.REFUSE
    assert ownership.reason == "2 of them are ours (a, b): delete all but one"


ACCOUNT = Owner(application="transaction-pipeline", environment="shared")


def test_what_belongs_to_the_account_is_ours_by_its_account_where_its_tags_may_not_be_read() -> None:
    bucket = Found(import_id="a", tags={}, note="lacks a right", in_our_account=True)
    assert resolve_ownership([bucket], ACCOUNT).decision is Decision.ADOPT
    assert resolve_ownership([bucket], US) == Ownership(decision=Decision.REFUSE, reason="lacks a right")


def test_what_belongs_to_the_account_and_may_not_be_asked_for_is_unknown_because_no_environment_deploys_it() -> None:
    bucket = Found(import_id="a", tags={}, note="lacks rights", hidden=True)
    assert resolve_ownership([bucket], ACCOUNT) == Ownership(decision=Decision.UNKNOWN, reason="lacks rights")
    assert resolve_ownership([bucket], US) == Ownership(decision=Decision.REFUSE, reason="lacks rights")


def test_what_certainly_belongs_to_another_account_is_refused() -> None:
    assert resolve_ownership([Found(import_id="a", tags={}, note="foreign")], ACCOUNT).decision is Decision.REFUSE
