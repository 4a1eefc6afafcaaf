"""Every type of resource is looked for before it is made, or there is a reason why it need not be."""

from shared.infra.adoption.finders import FINDERS, NOT_ADOPTED
from tests.synth.synthesis import Synthesis


def test_every_resource_is_looked_for_or_can_be_made_when_it_is_there(environment: Synthesis) -> None:
    assert {each.type for each in environment.all()} - FINDERS.keys() - NOT_ADOPTED.keys() == set()


def test_so_is_what_only_banks_with_a_contact_have(told: Synthesis) -> None:
    assert {each.type for each in told.all()} - FINDERS.keys() - NOT_ADOPTED.keys() == set()


def test_what_is_looked_for_has_the_names_by_which_it_is_found(environment: Synthesis) -> None:
    looked_for = [each for each in environment.all() if each.type in FINDERS]
    assert [(each.address, key) for each in looked_for for key in FINDERS[each.type].keys if key not in each.body] == []
