from shared.repository import ROOT
from tools.generators.report_format import PAGE, _code, page
from tools.generators.report_schema import SCHEMA, codes, load


def test_the_committed_page_is_what_the_document_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `./dev docs` and commit docs/report-format.md"


def test_every_code_has_a_heading_to_link_to() -> None:
    headings = [line.removeprefix("### ") for line in page().splitlines() if line.startswith("### ")]

    assert headings == codes(load())


def test_the_page_links_to_the_document() -> None:
    assert f"(../{SCHEMA.relative_to(ROOT).as_posix()})" in page()


def test_a_bar_does_not_end_a_tables_cell() -> None:
    assert _code("a|b") == "`a\\|b`"
