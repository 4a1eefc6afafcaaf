"""The parts of `./dev bench large`: the report's sums, the law that is checked, the memory that is watched."""

import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.parts.content import Content, Row, differences, report_rows
from benchmarks.parts.memory import MemoryWatch, memory_watch, used_by
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.reports import KINDS, lines, write

ROWS = [
    Row("a", Decimal("1.50"), "EUR"),
    Row("b", Decimal("-0.25"), "EUR"),
    Row("c", Decimal(1200), "JPY"),
]
"""In the table, DynamoDB stores 1.50 as 1.5."""
STORED = [Row("c", Decimal(1200), "JPY"), Row("a", Decimal("1.5"), "EUR"), Row("b", Decimal("-0.25"), "EUR")]


def test_the_same_rows_in_any_order_are_the_same_content() -> None:
    assert not differences(Content.of(ROWS), Content.of(STORED))


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (
            lambda rows: rows[:-1],
            [
                "the report has 3 rows, the table 2",
                "the report's EUR are 1.25, the table's 1.5",
                "1 rows of the report are not in the table, 0 of the table not in the report",
            ],
        ),
        (
            lambda rows: [*rows, rows[0]],
            [
                "the report has 3 rows, the table 4",
                "the report's JPY are 1200, the table's 2400",
                "0 rows of the report are not in the table, 1 of the table not in the report",
                "1 rows are in the table more than once",
            ],
        ),
        (
            lambda rows: [rows[0], Row("a", Decimal("1.49"), "EUR"), rows[2]],
            [
                "the report's EUR are 1.25, the table's 1.24",
                "1 rows of the report are not in the table, 1 of the table not in the report",
            ],
        ),
        # The sums are right, and the rows are not.
        (
            lambda rows: [rows[0], Row("b", Decimal("1.5"), "EUR"), Row("a", Decimal("-0.25"), "EUR")],
            ["2 rows of the report are not in the table, 2 of the table not in the report"],
        ),
        (
            lambda rows: [Row("c", Decimal(1200), "USD"), *rows[1:]],
            [
                "the report's JPY are 1200, the table's 0",
                "the report's USD are 0, the table's 1200",
                "1 rows of the report are not in the table, 1 of the table not in the report",
            ],
        ),
    ],
    ids=["missing", "twice", "other amount", "amounts exchanged", "other currency"],
)
def test_every_planted_error_is_found(plant: Callable[[list[Row]], list[Row]], found: list[str]) -> None:
    assert differences(Content.of(ROWS), Content.of(plant(STORED))) == found


def test_content_is_exact_beyond_what_a_float_holds() -> None:
    amounts = [Decimal("9007199254740993.01"), Decimal("0.01"), Decimal("-0.02")]
    content = Content.of(Row(str(number), amount, "EUR") for number, amount in enumerate(amounts))

    assert content.totals == {"EUR": Decimal("9007199254740993.00")}
    assert content.rows == 3
    assert content.digests == array("Q", sorted(content.digests))


def test_a_generated_report_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    for kind in ("random", "quoted"):
        written = list(lines(KINDS[kind], 300))
        write(path, written)
        read = list(report_rows(path))

        assert len(read) == 300
        fields = written[7].replace('"', "").strip().split(",")
        assert read[6] == Row(fields[0], Decimal(fields[1]), fields[2])
        assert Content.of(read).rows == 300


@pytest.fixture
def child() -> Iterator[None]:
    """A process that has started one that has 50 MB in use; both end when their standard input does."""
    grandchild = "import sys; kept = bytearray(50_000_000); print(flush=True); sys.stdin.read()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}], check=False)"
    command = [sys.executable, "-c", code, "the-watched-one"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.usefixtures("child")
def test_the_memory_of_a_program_and_of_those_that_it_started_is_watched() -> None:
    with memory_watch("the-watched-one", limit=50_000_000) as watch:
        watch.look()
        assert 50_000_000 < watch.now <= watch.peak < 200_000_000
        with pytest.raises(BenchmarkError, match=r"the local cloud uses \d+ MB, and 50 MB are allowed"):
            watch.check()

    assert used_by("no-such-program") == 0


def test_less_memory_than_allowed_is_no_error() -> None:
    watch = MemoryWatch("no-such-program", limit=1)
    watch.look()
    watch.check()
    assert watch.peak == 0
