import re

from shared.repository import ROOT
from tools.generators.report_format import PAGE, page
from tools.generators.report_schema import SCHEMA, codes, load


def test_the_committed_page_is_what_the_generator_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/report-format.md"


def test_every_code_has_a_heading_to_link_to() -> None:
    headings = [line.removeprefix("### ") for line in page().splitlines() if line.startswith("### ")]

    assert headings == codes(load())


def test_the_page_links_to_the_schema() -> None:
    assert f"(../{SCHEMA.relative_to(ROOT).as_posix()})" in page()


def test_every_row_of_the_columns_table_has_as_many_cells_as_its_head_even_if_a_pattern_has_a_bar() -> None:
    head, _, *rows = page().partition("## Columns\n\n")[2].partition("\n\n")[0].splitlines()

    assert any(r"\|" in row for row in rows)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {head.count("|")}
