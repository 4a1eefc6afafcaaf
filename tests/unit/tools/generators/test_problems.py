from shared.contracts.problems import PROBLEMS, ProblemType
from tools.generators.problems import PAGE, page


def test_the_committed_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/problems.md"


def test_every_type_is_documented_in_order_of_its_status() -> None:
    assert set(PROBLEMS) == set(ProblemType)
    statuses = [known.status.value for known in PROBLEMS.values()]
    assert statuses == sorted(statuses)
