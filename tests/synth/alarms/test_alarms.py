"""Each alarm rings when it has to, and only then; it says how urgent it is, and is explained in the runbook."""

from tests.synth.alarms.evaluator import State
from tests.synth.alarms.scenarios import AT, OVERDUE, UNPUBLISHED, Scenario, data, overdue, scenarios
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


def scenario_of(purpose: str, synthesis: Synthesis) -> Scenario:
    if purpose.startswith(OVERDUE):
        return overdue(purpose.removeprefix(OVERDUE), synthesis.suffix)
    return scenarios(synthesis)[purpose]


def test_every_alarm_has_points_at_which_it_rings_and_at_which_it_does_not(environment: Synthesis) -> None:
    held = scenarios(environment)
    assert {each for each in alarms_of(environment) if not each.startswith(OVERDUE)} == held.keys()
    assert [purpose for purpose, each in held.items() if not (each.rings and each.quiet)] == []


def test_every_alarm_rings_when_it_has_to(environment: Synthesis) -> None:
    silent = [
        (purpose, number, options)
        for purpose, alarm in alarms_of(environment).items()
        for number, points in enumerate(scenario_of(purpose, environment).rings)
        for options in UNPUBLISHED
        if watch(alarm, environment).state(points, at=AT, before=State.OK, **options) is not State.ALARM
    ]
    assert silent == []


def test_no_alarm_rings_when_it_must_not_and_each_ends(environment: Synthesis) -> None:
    loud = [
        (purpose, number, options)
        for purpose, alarm in alarms_of(environment).items()
        for number, points in enumerate(scenario_of(purpose, environment).quiet)
        for options in UNPUBLISHED
        if watch(alarm, environment).state(points, at=AT, before=State.ALARM, **options) is not State.OK
    ]
    assert loud == []


def test_a_few_slow_requests_at_night_do_not_ring(dev: Synthesis) -> None:
    slow = data("AWS/ApiGateway", "Latency", [[2_000] * 66] * 3, ApiName="txn-api-dev", Stage="v1")
    assert watch(alarms_of(dev)["api-latency"], dev).state(slow, at=AT) is State.OK


def test_a_table_that_is_not_throttled_any_more_is_quiet(dev: Synthesis) -> None:
    # Nothing at all, from the beginning: DynamoDB has no zeros.
    for purpose in ("uploads-throttles", "transactions-throttles", "banks-throttles"):
        for options in UNPUBLISHED:
            assert watch(alarms_of(dev)[purpose], dev).state([], at=AT, **options) is State.OK


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


def test_no_alarm_on_one_period_is_filled(environment: Synthesis) -> None:
    # A metric that comes late would be a zero in the only period that counts, and the alarm would never ring.
    for purpose, alarm in alarms_of(environment).items():
        if "FILL" in watch(alarm, environment).expression:
            assert alarm.body["evaluation_periods"] > 1, purpose
