"""AWS is asked for what has a name, then for its parts; nothing is asked for that cannot exist."""

from collections.abc import Iterator

from shared.infra.adoption.aws import Aws, NoAnswerError
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
