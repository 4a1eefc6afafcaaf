"""Each alarm rings when it has to, and only then; it says how urgent it is, and is explained in the runbook."""

import pytest

from tests.synth.alarms.evaluator import State
from tests.synth.alarms.scenarios import AT, OVERDUE, UNPUBLISHED, Points, scenarios
from tests.synth.alarms.synthesized import alarms_of, watch
from tests.synth.references import referred
from tests.synth.synthesis import Synthesis

# What wakes the person on call.
URGENT = {
    *("dead-letters-depth", "event-dead-letters-depth", "notifications-lost"),
    *("intake-errors", "declaration-errors", "validation-errors", "transformation-errors", "notification-errors"),
    *("large-validation-errors", "large-notification-errors", "sweeper-errors"),
    *("api-throttles", "api-errors", "events-failed", "events-lost", "sweeper-silent"),
    *("failures-without-letter", "uploads-given-up"),
}


SCENARIOS = scenarios("dev")


def states(purpose: str, points: Points, synthesis: Synthesis, *, before: State) -> set[State]:
    """In which an alarm may be after an evaluation, whatever CloudWatch has not published."""
    found = watch(alarms_of(synthesis)[purpose], synthesis)
    return {found.state(points, at=AT, before=before, **options) for options in UNPUBLISHED}


def test_every_alarm_has_points_at_which_it_rings_and_points_at_which_it_does_not(environment: Synthesis) -> None:
    assert {each for each in alarms_of(environment) if not each.startswith(OVERDUE)} == SCENARIOS.keys()
    assert [purpose for purpose, each in SCENARIOS.items() if not (each.rings and each.quiet)] == []


@pytest.mark.parametrize("purpose", SCENARIOS)
def test_an_alarm_rings_when_it_has_to(dev: Synthesis, purpose: str) -> None:
    for number, points in enumerate(SCENARIOS[purpose].rings):
        assert states(purpose, points, dev, before=State.OK) == {State.ALARM}, number


@pytest.mark.parametrize("purpose", SCENARIOS)
def test_an_alarm_does_not_ring_when_it_must_not_and_ends(dev: Synthesis, purpose: str) -> None:
    for number, points in enumerate(SCENARIOS[purpose].quiet):
        assert states(purpose, points, dev, before=State.ALARM) == {State.OK}, number


def test_a_table_that_is_not_throttled_any_more_is_quiet(dev: Synthesis) -> None:
    # Nothing at all, from the beginning: DynamoDB has no zeros.
    for purpose in ("uploads-throttles", "transactions-throttles", "banks-throttles"):
        assert states(purpose, [], dev, before=State.OK) == {State.OK}


def test_each_alarm_says_how_urgent_it_is_and_tells_who_has_to_know(environment: Synthesis) -> None:
    topics = {
        priority: [environment.one("aws_sns_topic", each) for each in names]
        for priority, names in {"routine": ("alarms",), "urgent": ("alarms", "urgent-alarms")}.items()
    }
    for purpose, alarm in alarms_of(environment).items():
        priority = "urgent" if purpose in URGENT else "routine"
        assert alarm.body["alarm_description"].startswith(f"[{priority}] "), purpose
        for actions in (alarm.body["alarm_actions"], alarm.body["ok_actions"]):
            told = [referred(each, alarm.stack, environment) for each in actions]
            assert [each.address for each, _ in told] == [each.address for each in topics[priority]], purpose
            assert {attribute for _, attribute in told} == {"arn"}


def test_an_alarm_waits_for_missing_data_only_where_silence_is_wrong(environment: Synthesis) -> None:
    missing = {purpose: each.body["treat_missing_data"] for purpose, each in alarms_of(environment).items()}
    assert {purpose for purpose, each in missing.items() if each == "breaching"} == {"sweeper-silent"}
    assert set(missing.values()) == {"breaching", "notBreaching"}


def test_a_filled_alarm_can_do_without_the_latest_period(environment: Synthesis) -> None:
    # A metric that comes late is a zero there: where all periods have to be above zero, the alarm would never ring.
    filled = {}
    for purpose, alarm in alarms_of(environment).items():
        found = watch(alarm, environment)
        if "FILL" in found.expression and found.comparison == "GreaterThanThreshold":
            filled[purpose] = (found.periods_to_alarm, found.periods)
    assert {"api-latency", "api-throttles", "uploads-throttles"} <= filled.keys()
    assert set(filled.values()) == {(3, 4)}
