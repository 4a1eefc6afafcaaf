"""What synth says before a deploy that takes long."""

from shared.infra.settings.settings import Bank
from shared.infra.settings.warnings import deploy_warnings
from tests.synth.synthesis import settings_of


def warnings(banks: int, suffix: str = "prod") -> list[str]:
    names = {f"b{number}": Bank(name="N") for number in range(banks)}
    return list(deploy_warnings(settings_of(suffix, banks=names)))


def test_from_sixty_banks_on_the_time_for_their_usage_plans_is_shown_with_its_arithmetic() -> None:
    assert not warnings(59)
    (warning,) = warnings(60)
    assert warning.startswith(
        "60 banks: to change or delete all their usage plans takes at least 20 minutes (60 x 20 s: "
    )
    assert "100 minutes (300 x 20 s" in warnings(300)[0]


def test_the_local_cloud_is_not_throttled() -> None:
    assert not warnings(60, suffix="local")
