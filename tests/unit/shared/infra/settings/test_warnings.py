"""What synth says before a deploy that takes long, or whose alarms no one hears."""

from collections.abc import Collection

import pytest

from shared.infra.settings.settings import Bank
from shared.infra.settings.warnings import deploy_warnings
from tests.synth.synthesis import settings_of

HEARD = {"operators": ("ops@bank.example",), "on_call": ("https://pager.example/alarms",)}


def warnings(
    banks: int = 1, suffix: str = "prod", *, silent: Collection[str] = (), protect_data: bool = True
) -> list[str]:
    names = {f"b{number}": Bank(name="N") for number in range(banks)}
    heard = {name: () if name in silent else addresses for name, addresses in HEARD.items()}
    return list(deploy_warnings(settings_of(suffix, banks=names, protect_data=protect_data, **heard)))


def test_from_sixty_banks_on_the_time_for_their_usage_plans_is_shown_with_its_arithmetic() -> None:
    assert not warnings(59)
    (warning,) = warnings(60)
    assert warning.startswith(
        "60 banks: to change or delete all their usage plans takes at least 20 minutes (60 x 20 s: "
    )
    assert "100 minutes (300 x 20 s" in warnings(300)[0]


def test_the_local_cloud_is_not_throttled() -> None:
    assert not warnings(60, suffix="local")


ROUTINE = "CloudWatch shows alarms that can wait until the morning, and sends them to no one"
URGENT = "alarms that cannot wait wake no one"


@pytest.mark.parametrize(
    ("silent", "lost"),
    [
        (("operators", "on_call"), f"{ROUTINE}; {URGENT}"),
        (("operators",), ROUTINE),
        (("on_call",), URGENT),
    ],
)
def test_alarms_that_no_one_hears_are_named_where_data_is_protected(silent: Collection[str], lost: str) -> None:
    (warning,) = warnings(silent=silent)
    assert warning.startswith("Protected data, but alarms that no one hears (`operators` and `on_call`")
    assert warning.endswith(f": {lost}.")
    assert not warnings(silent=silent, protect_data=False)
    assert not warnings(silent=silent, suffix="local")
