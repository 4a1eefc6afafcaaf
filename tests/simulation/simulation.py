"""One run: a scenario in a world, first with the nemesis, then without; the law is checked twice."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from shared.contracts.objects import report_key
from tests.simulation import installation as names
from tests.simulation.aws.expressions import Item
from tests.simulation.large_scenario import has_large_reports, large_scenario_of
from tests.simulation.law import DECLARED_WITHIN, ENDED, Law, Witness
from tests.simulation.people import Banks, Operators, schedule
from tests.simulation.scenario import Declared, Report, Storing, Submission, bank_items, scenario_of
from tests.simulation.timeline import Timeline
from tests.simulation.world import TTL_WITHIN, World

END_WITHIN: Final = 15 * 60.0
"""Seconds within which every upload ends in a healthy world."""
LARGE_END_WITHIN: Final = 45 * 60.0
"""The same if there are large ones: twice as long as the sweeper waits, and five minutes."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run found; without violations, the law held."""

    seed: int
    violations: tuple[str, ...]
    timeline: Timeline


def simulate(seed: int, *, keep_timeline: bool = False) -> Result:
    """Run a seed."""
    run = _Run(seed, keep_timeline=keep_timeline)
    with names.running(run.world):
        violations = run.with_nemesis() or run.healthy()
    return Result(seed=seed, violations=tuple(violations), timeline=run.world.timeline)


class _Run:
    """One seed's world, and the people in it."""

    def __init__(self, seed: int, *, keep_timeline: bool) -> None:
        self._scenario = large_scenario_of(seed) if has_large_reports(seed) else scenario_of(seed)
        self._within = LARGE_END_WITHIN if self._scenario.large else END_WITHIN
        witness = Witness()
        self.world = World(seed, nemesis_ends=self._scenario.ends, keep_timeline=keep_timeline, observe=witness.observe)
        self._banks, self._operators = Banks(self.world), Operators(self.world)
        reports = {each.upload_id: each for each in self._scenario.reports}
        self._law = Law(world=self.world, reports=reports, witness=witness, accepted=self._banks.accepted)

    def with_nemesis(self) -> list[str]:
        """Let everything happen, and check the law when every upload must have ended."""
        self._arrange()
        scheduler, ends = self.world.scheduler, self._scenario.ends
        scheduler.run(ends)
        self.world.nemesis.healthy = True
        self.world.timeline.add(scheduler.now, "nemesis", "has ended")
        scheduler.run(ends + self._within)
        self._announce()
        return self._law.violations() or self._expired()

    def _announce(self) -> None:
        """Let the sweeper announce failures of declared uploads that were not RECEIVED yet: they are due later."""
        due = [each["due_at"]["S"] for each in self._uploads() if each["status"]["S"] == "FAILED" and "due_at" in each]
        if due:
            waits = datetime.fromisoformat(max(due)) - names.EPOCH
            self.world.scheduler.run(max(self.world.scheduler.now, waits.total_seconds()) + END_WITHIN)

    def _expired(self) -> list[str]:
        """Let declarations end whose reports have not been stored, by the sweeper or the table."""
        if not any("expires_at" in each or each["status"]["S"] == "DECLARED" for each in self._uploads()):
            return []
        self._run_for(DECLARED_WITHIN)
        violations = self._law.violations()
        self._run_for(TTL_WITHIN)
        return violations or self._law.violations()

    def healthy(self) -> list[str]:
        """Run everything again that has failed: then every upload is completed, or its report is invalid."""
        scheduler = self.world.scheduler
        scheduler.spawn("operator", self._run_all_again)
        self._run_for(self._within)
        return [f"after a redrive: {each}" for each in (*self._law.violations(), *self._still_failed())]

    def _run_for(self, seconds: float) -> None:
        self.world.scheduler.run(self.world.scheduler.now + seconds)

    def _arrange(self) -> None:
        """Fill the banks table, and let each process begin at its time."""
        scenario, spawn = self._scenario, self.world.scheduler.spawn
        table = self.world.dynamodb.tables[names.BANKS_TABLE]
        for item in bank_items():
            table.write(table.key(item), item, -1000.0)
        for number, submission in enumerate(scenario.submissions):
            spawn(f"bank {number}", partial(self._banks.submit, submission), after=submission.at)
        for submission in scenario.stored:
            spawn("storer", partial(self._banks.store, submission), after=submission.at)
        for number, declared in enumerate(scenario.declared):
            spawn(f"declarer {number}", partial(self._banks.declare, declared), after=declared.at)
        for submission in scenario.expired:
            spawn("lifecycle", partial(self._expire_report, submission.report), after=submission.at)
        for at in scenario.redrives:
            spawn("operator", self._operators.try_redrive, after=at)
        until = scenario.ends + 2 * self._within + (DECLARED_WITHIN + TTL_WITHIN if scenario.large else 0)
        schedule(self.world, until=until, idle=not scenario.large)

    def _expire_report(self, report: Report) -> None:
        """Let the lifecycle delete the report of an ended upload: it waits for longer than any takes."""
        statuses = {each["upload_id"]["S"]: each["status"]["S"] for each in self._uploads()}
        if statuses.get(report.upload_id) in ENDED:
            self.world.note(f"expires {report.name} ({report.upload_id})")
            self.world.s3.buckets[names.BUCKET].versions.pop(report_key(report.bank_id, report.upload_id), None)

    def _run_all_again(self) -> None:
        """Run all dead letters again; a report that was never stored is submitted again by its bank."""
        self._operators.redrive()
        for item in self._uploads():
            report = self._law.reports[item["upload_id"]["S"]]
            if item["status"]["S"] == "FAILED" and not self._is_stored(report):
                now = self.world.scheduler.now
                if report.large:
                    self._banks.declare(Declared(at=now, report=report, stores=(Storing(after=0, seconds=1),)))
                else:
                    self._banks.submit(Submission(at=now, report=report))

    def _still_failed(self) -> list[str]:
        """What has not ended. An invalid report without an object is only answered (422): FAILED stays."""
        reports = [
            self._law.reports[each["upload_id"]["S"]] for each in self._uploads() if each["status"]["S"] == "FAILED"
        ]
        failed = [each.upload_id for each in reports if each.valid or each.large or self._is_stored(each)]
        return [f"upload {each} is still FAILED, in a healthy world" for each in failed]

    def _is_stored(self, report: Report) -> bool:
        key = report_key(report.bank_id, report.upload_id)
        return self.world.s3.buckets[names.BUCKET].latest(key) is not None

    def _uploads(self) -> list[Item]:
        return self.world.dynamodb.tables[names.UPLOADS_TABLE].items()
