"""Every type of resource has a finder, or a reason why it needs none."""

from shared.infra.adoption.finders import FINDERS, GUARDED, NOT_ADOPTED
from tests.synth.synthesis import Synthesis


def test_every_resource_is_adopted_or_can_be_made_although_it_exists(environment: Synthesis) -> None:
    assert {each.type for each in environment.all()} - FINDERS.keys() - NOT_ADOPTED.keys() == set()


def test_so_are_the_resources_of_banks_with_a_contact(notified: Synthesis) -> None:
    assert {each.type for each in notified.all()} - FINDERS.keys() - NOT_ADOPTED.keys() == set()


def test_an_adopted_resource_has_the_names_by_which_it_is_found(environment: Synthesis) -> None:
    looked_for = [each for each in environment.all() if each.type in FINDERS]
    assert [(each.address, key) for each in looked_for for key in FINDERS[each.type].keys if key not in each.body] == []


def test_a_guarded_type_is_put_and_never_imported() -> None:
    assert GUARDED.keys() <= NOT_ADOPTED.keys()
