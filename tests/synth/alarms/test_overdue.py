"""The alarm on a report that has not come, of each bank that has a calendar."""

import json
from pathlib import Path
from typing import Any

from cdktf import App, TerraformStack

from shared.infra.naming import Namer
from shared.infra.refs import AlarmTopics, TopicRef
from stacks.compute.alarms import ComputeAlarms
from tests.synth.alarms.evaluator import State, watch_of
from tests.synth.alarms.runbook import OVERDUE_HEADING, anchors
from tests.synth.alarms.scenarios import AT, OVERDUE, UNPUBLISHED, overdue
from tests.synth.alarms.synthesized import alarms_of, watch
from tests.synth.synthesis import ACCOUNT, Synthesis, settings_of


def overdue_alarms(folder: Path) -> list[dict[str, Any]]:
    app = App(outdir=str(folder), skip_validation=True)
    stack = TerraformStack(app, "some-stack")
    topics = AlarmTopics(
        all=TopicRef(name="alarms", arn="arn:alarms"), urgent=TopicRef(name="urgent-alarms", arn="arn:urgent-alarms")
    )
    namer = Namer(suffix="dev", account_id=ACCOUNT, region="eu-central-1")
    ComputeAlarms(stack, namer=namer, topics=topics).watch_calendars(["alpenbank", "nordbank"])
    app.synth()
    written = json.loads((folder / "stacks" / "some-stack" / "cdk.tf.json").read_text())
    return list(written["resource"]["aws_cloudwatch_metric_alarm"].values())


def test_a_report_that_is_overdue_rings_for_its_bank_until_it_has_come(tmp_path: Path) -> None:
    alarms = overdue_alarms(tmp_path)
    assert [each["alarm_name"] for each in alarms] == [
        "txn-report-overdue-alpenbank-dev",
        "txn-report-overdue-nordbank-dev",
    ]
    for body, bank_id in zip(alarms, ("alpenbank", "nordbank"), strict=True):
        case = overdue(bank_id, "dev")
        for options in UNPUBLISHED:
            found = [watch_of(body, {}).state(each, at=AT, **options) for each in case.rings]
            assert set(found) == {State.ALARM}
            ended = [watch_of(body, {}).state(each, at=AT, before=State.ALARM, **options) for each in case.quiet]
            assert set(ended) == {State.OK}
        assert body["alarm_actions"] == ["arn:alarms"]
        assert body["alarm_description"].endswith(f"docs/runbook.md#{anchors()[OVERDUE_HEADING]}")


def test_every_bank_with_a_calendar_has_its_alarm(environment: Synthesis) -> None:
    awaited = {bank_id for bank_id, bank in settings_of(environment.suffix).banks.items() if bank.calendar}
    alarms = {each: alarm for each, alarm in alarms_of(environment).items() if each.startswith(OVERDUE)}
    assert alarms.keys() == {f"{OVERDUE}{each}" for each in awaited}
    for purpose, alarm in alarms.items():
        case = overdue(purpose.removeprefix(OVERDUE), environment.suffix)
        found = watch(alarm, environment)
        assert {found.state(each, at=AT, **options) for each in case.rings for options in UNPUBLISHED} == {State.ALARM}
        ended = {
            found.state(each, at=AT, before=State.ALARM, **options) for each in case.quiet for options in UNPUBLISHED
        }
        assert ended == {State.OK}
