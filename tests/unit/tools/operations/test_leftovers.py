import pytest

from tools.operations.leftovers import MOST, environments_of, leftovers, main


def test_only_environments_of_closed_pull_requests_are_left_over() -> None:
    environments = ["prod", "staging", "dev", "shared", "pr7", "pr12", "pr100", "pr012", "pr", "preview", "pr3x", "pr0"]
    assert leftovers(environments, [12]) == [7, 100]


def test_no_more_are_named_than_a_matrix_may_have() -> None:
    assert leftovers([f"pr{number}" for number in range(1, 400)], []) == list(range(1, MOST + 1))


def test_environments_are_read_from_the_tags_of_all_resources() -> None:
    def resource(**tags: str) -> dict[str, object]:
        return {"ResourceARN": "arn", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    pages = [
        {"ResourceTagMappingList": [resource(Application="txn", Environment="pr7"), resource(Environment="prod")]},
        {"ResourceTagMappingList": [resource(Application="txn", Environment="pr7"), resource(Owner="pr9")]},
    ]
    assert environments_of(pages) == {"pr7", "prod"}


def test_the_open_ones_must_be_given_or_all_would_count_as_closed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "--open" in capsys.readouterr().err
