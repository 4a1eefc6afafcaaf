"""The generated section of docs/reliability.md."""

from tests.broken_calls.breaks import Break, Extent, Way
from tests.broken_calls.calls import Call, Kind
from tests.broken_calls.matrix import all_breaks
from tests.broken_calls.section import BEGIN, END, listed, replaced, table
from tests.broken_calls.uploads import Broken, Help


def call(function: str, operation: str, number: int = 1) -> Call:
    return Call(kind=Kind(function=function, operation=operation, target="uploads"), number=number)


def run(planned: Break, *help_: Help, violations: tuple[str, ...] = ()) -> Broken:
    return Broken(planned=planned, bank_id="nordbank", content=b"", help=list(help_), violations=list(violations))


def test_the_table_has_a_row_for_each_call_and_a_column_for_each_way() -> None:
    get, first, second = call("intake", "GetItem"), call("validation", "GetItem"), call("validation", "GetItem", 2)
    runs = [
        run(Break(call=get, way=Way.ERROR_BEFORE, extent=Extent.REQUEST)),
        run(Break(call=first, way=Way.TIME_OUT, extent=Extent.EVERY), Help.REDRIVE),
        run(Break(call=second, way=Way.ERROR_AFTER, extent=Extent.CALL), violations=("rows are missing",)),
    ]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table([get, first, second], runs).splitlines()
    ]
    assert lines[0][:4] == ["Function", "Call", "error before: one request", "error before: one call"]
    assert lines[2] == ["intake", "GetItem uploads", "ok", "?", "-", "?", "?", "-", "?", "?", "-"]
    assert lines[3] == ["validation", "GetItem uploads", *["?"] * 8, "redrive"]
    assert lines[4] == ["", "GetItem uploads (2)", *["?"] * 4, "**broken**", *["?"] * 4]


def test_every_way_is_planned_except_what_only_the_bank_repeats() -> None:
    breaks = all_breaks([call("intake", "GetItem"), call("validation", "GetItem")])
    assert len(breaks) == len(set(breaks)) == 3 * 3 + 3 * 2


def test_the_calls_are_read_from_the_page_as_they_were_written() -> None:
    calls = [call("intake", "GetItem"), call("validation", "GetItem"), call("validation", "GetItem", 2)]
    page = replaced(f"| a | b |\n| --- | --- |\n| c | d |\n{BEGIN}{END}", f"\na line\n\n{table(calls, [])}\n")
    assert listed(page) == [(each.kind.function, each.name) for each in calls]


def test_only_the_section_is_replaced() -> None:
    page = f"before\n{BEGIN}old\n{END}after\n"
    assert replaced(page, "new\n") == f"before\n{BEGIN}new\n{END}after\n"
