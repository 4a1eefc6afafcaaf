"""The runbook explains every alarm."""

from tests.synth.alarms.runbook import OVERDUE_HEADING, anchors, heading
from tests.synth.alarms.synthesized import alarms_of
from tests.synth.synthesis import Synthesis


def test_the_runbook_has_a_section_for_each_alarm_and_for_no_other(environment: Synthesis) -> None:
    assert anchors().keys() == {OVERDUE_HEADING, *(heading(each) for each in alarms_of(environment))}


def test_each_alarm_names_its_section_of_the_runbook(environment: Synthesis) -> None:
    known = anchors()
    for purpose, alarm in alarms_of(environment).items():
        assert alarm.body["alarm_description"].endswith(f". docs/runbook.md#{known[heading(purpose)]}"), purpose
