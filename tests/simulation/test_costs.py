"""One upload of the simulated pipeline costs what `tools/costs` says: requests, reads and write units."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.tables import TRANSACTIONS, UPLOADS
from tests.simulation import installation as names
from tests.simulation.aws.calls import Call
from tests.simulation.aws.expressions import Item
from tests.simulation.people import Banks
from tests.simulation.processes import SimulatedCalls
from tests.simulation.scenario import Report, Row, Submission, bank_items
from tests.simulation.scheduler import Scheduler
from tests.simulation.world import World
from tools.costs.units import item_bytes, units_of, write_units
from tools.costs.workload import ENDED_UPLOAD, requests_of

BANK = "nordbank"


@pytest.fixture(autouse=True, scope="module")
def functions() -> Iterator[None]:
    with names.installed():
        yield


class Meter:
    """Counts calls and writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.units: Counter[str] = Counter()
        self.items: list[Item] = []
        make = SimulatedCalls.make

        def counted(of: SimulatedCalls, call: Call, deed: Callable[[Any], Any]) -> Any:
            self.calls[call.operation, call.target.partition(" ")[0].partition("/")[0]] += 1
            return make(of, call, deed)

        monkeypatch.setattr(SimulatedCalls, "make", counted)

    def observe(self, scheduler: Scheduler, table: str, old: Item | None, new: Item | None) -> None:
        """See `TimedObserver`."""
        del scheduler
        keys = {names.UPLOADS_TABLE: UPLOADS, names.TRANSACTIONS_TABLE: TRANSACTIONS}[table]
        self.units[table] += write_units(old, new, keys)
        if new:
            self.items.append(new)


def report(number_of_rows: int) -> Report:
    rows = tuple(
        Row(transaction_id=f"T{number:04}", amount=Decimal("1.50"), currency="EUR", timestamp="2026-11-20T10:00:00Z")
        for number in range(number_of_rows)
    )
    lines = [f"{row.transaction_id},{row.amount},{row.currency},{row.timestamp},{BANK}\n" for row in rows]
    content = "".join(["transaction_id,amount,currency,timestamp,bank_id\n", *lines]).encode()
    return Report(name="report", bank_id=BANK, rows=rows, valid=True, valid_from=0.0, content=content)


# The simulation's ranges have 7 rows at most.
@pytest.mark.parametrize(("rows", "ranges"), [(4, 1), (20, 4)])
def test_one_upload_costs_what_the_model_says(monkeypatch: pytest.MonkeyPatch, rows: int, ranges: int) -> None:
    meter = Meter(monkeypatch)
    world = World("costs", nemesis_ends=0.0, keep_timeline=False, observe=meter.observe)
    world.nemesis.healthy = True
    for item in bank_items():
        table = world.dynamodb.tables[names.BANKS_TABLE]
        table.write(table.key(item), item, 0.0)
    submission = Submission(at=10.0, report=report(rows))
    with names.running(world):
        world.scheduler.spawn("bank", lambda: Banks(world).submit(submission), after=submission.at)
        world.scheduler.run(120.0)
    assert not world.defects

    expected, calls = requests_of(ranges), meter.calls
    assert calls["PutObject", "reports"] + calls["PutObject", "loads"] == expected.puts
    assert calls["GetObject", "reports"] + calls["GetObject", "loads"] == expected.gets
    assert calls["GetItem", names.UPLOADS_TABLE] + 0.5 * calls["Query", names.BANKS_TABLE] == expected.reads
    # The other ranges begin in the same moment of simulated time: their writes change nothing that an index has.
    assert meter.units[names.UPLOADS_TABLE] == expected.writes - 2 * (ranges - 1)
    assert {units_of(each) for each in meter.items} == {1}
    assert meter.units[names.TRANSACTIONS_TABLE] == 2 * rows
    assert len(world.sns.published) == 1
    (upload,) = world.dynamodb.tables[names.UPLOADS_TABLE].items()
    # The simulation has no traces, and shorter names.
    assert ENDED_UPLOAD.keys() - upload.keys() == {"trace_id"}
    assert upload.keys() <= ENDED_UPLOAD.keys()
    assert item_bytes(upload) < item_bytes(ENDED_UPLOAD)
