"""AWS is asked for what has a name, then for its parts; nothing is asked for that cannot exist."""

from collections.abc import Iterator

import pytest

from shared.infra.adoption.aws import Aws, NoAnswerError, UnreachableError
from shared.infra.adoption.finders import Finder
from shared.infra.adoption.ownership import Decision, Found
from shared.infra.adoption.storage import Names
from shared.infra.adoption.survey import survey
from tests.unit.shared.infra.adoption.fakes import OURS, FakeAws, stack

OUTER = {"aws_api.api": {"name": "txn-api-dev"}}
INNER = {"aws_path.upload": {"api": "${aws_api.api.id}", "parent": "${aws_api.api.root}", "part": "upload"}}
INNERMOST = {"aws_method.post": {"path": "${aws_path.upload.id}"}, "aws_setting.x": {"api": "${aws_api.api.id}"}}
STACKS = {"api-stack": stack(INNERMOST | INNER | OUTER)}


class Finders:
    """Finders of a given set of resources, which record what they were asked."""

    def __init__(self, *existing: str) -> None:
        self.existing = existing
        self.asked: list[tuple[str, ...]] = []

    def find(self, _: Aws, names: Names) -> Iterator[Found]:
        self.asked.append(tuple(names.values()))
        if "silent" in names.values():
            raise NoAnswerError("AccessDenied")
        name = list(names.values())[-1]
        if name in self.existing:
            yield Found(import_id=f"id-of-{name}", tags=OURS, attributes={"root": "r"})

    def by_type(self) -> dict[str, Finder]:
        keys = {"aws_api": ("name",), "aws_path": ("api", "parent", "part"), "aws_method": ("path",)}
        return {type_: Finder(title=type_, find=self.find, keys=each) for type_, each in keys.items()}


def decisions(finders: Finders) -> dict[str, Decision]:
    resolutions = survey(STACKS, FakeAws({}), finders=finders.by_type())
    return {each.resource.type: each.ownership.decision for each in resolutions}


def test_a_part_of_something_that_exists_is_found_by_its_ids() -> None:
    finders = Finders("txn-api-dev", "upload", "id-of-upload")
    assert set(decisions(finders).values()) == {Decision.ADOPT}
    assert finders.asked == [("txn-api-dev",), ("id-of-txn-api-dev", "r", "upload"), ("id-of-upload",)]


def test_a_part_of_something_that_does_not_exist_is_not_asked_for() -> None:
    finders = Finders("upload")
    assert set(decisions(finders).values()) == {Decision.CREATE}
    assert finders.asked == [("txn-api-dev",)]


def test_other_types_are_left_alone() -> None:
    assert decisions(Finders()).keys() == {"aws_api", "aws_path", "aws_method"}


def test_no_answer_differs_from_nothing_found() -> None:
    stacks = {"s": stack({"aws_api.a": {"name": "silent"}, "aws_api.b": {"name": "other"}})}
    resolutions = survey(stacks, FakeAws({}), finders=Finders().by_type())
    assert [(each.ownership.decision, each.ownership.reason) for each in resolutions] == [
        (Decision.UNKNOWN, "AccessDenied"),
        (Decision.CREATE, ""),
    ]


def test_a_resolution_has_the_name_that_people_use() -> None:
    resolutions = survey(STACKS, FakeAws({}), finders=Finders().by_type())
    assert {each.resource.type: each.name for each in resolutions} == {
        "aws_api": "txn-api-dev",
        "aws_path": "upload",
        "aws_method": "${aws_path.upload.id}",
    }


KEY = {"s": stack({"aws_api_gateway_api_key.k": {"name": "n"}, "aws_sqs_queue.q": {"name": "n"}})}


@pytest.mark.parametrize("reason", ["AccessDeniedException", "TooManyRequestsException"])
def test_without_an_answer_a_name_that_is_not_unique_could_be_created_twice(reason: str) -> None:
    silent = FakeAws({each: NoAnswerError(reason) for each in ("get_api_keys", "get_queue_url")})
    key, queue = (each.ownership for each in survey(KEY, silent))
    assert (key.decision, key.reason, key.needs) == (Decision.UNKNOWN, reason, "apigateway:GET on /apikeys")
    assert (queue.decision, queue.needs) == (Decision.UNKNOWN, "")


def test_where_aws_cannot_be_reached_nothing_can_be_created_twice() -> None:
    silent = FakeAws({"get_api_keys": UnreachableError("EndpointConnectionError")})
    key, _ = (each.ownership for each in survey(KEY, silent))
    assert (key.decision, key.needs) == (Decision.UNKNOWN, "")


ROLE = {"state-stack": stack({"aws_api_gateway_account.a": {"cloudwatch_role_arn": "${aws_iam_role.r.arn}"}})}


def test_a_setting_of_the_account_is_looked_at_although_the_role_it_refers_to_does_not_exist() -> None:
    (foreign,) = survey(ROLE, FakeAws({"get_account": {"cloudwatchRoleArn": "arn:aws:iam::1:role/other"}}))
    assert foreign.ownership.decision is Decision.REFUSE
    assert (foreign.title, foreign.name) == ("CloudWatch role", "of API Gateway")
    (unknown,) = survey(ROLE, FakeAws({"get_account": NoAnswerError("AccessDeniedException")}))
    assert unknown.ownership.decision is Decision.UNKNOWN
    assert survey(ROLE, FakeAws({})) == []
