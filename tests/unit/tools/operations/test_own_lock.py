"""A lock that stands in our own way is freed; nobody else's ever is."""

from datetime import UTC, datetime, timedelta

import pytest

from tools.operations.own_lock import free_own, is_own
from tools.operations.state.lock import Lock
from tools.operations.state.lock_holder import TerraformProcess

BEGAN = datetime(2026, 11, 23, 17, 0, 0, tzinfo=UTC)
PATH = "states/dev/data-stack.tfstate"


def lock(*, host: str = "here", created: datetime = BEGAN + timedelta(seconds=2)) -> Lock:
    return Lock(id="1", path=PATH, who=f"user@{host}", operation="apply", created=created)


def at_work(state: str | None) -> tuple[TerraformProcess, ...]:
    return (TerraformProcess(pid=1, state=state),)


@pytest.mark.parametrize(
    ("held", "processes", "own"),
    [
        (lock(), (), True),
        (lock(), at_work("states/dev/api-stack.tfstate"), True),
        (lock(), at_work(PATH), False),  # somebody works under it
        (lock(), at_work(None), False),  # somebody may
        (lock(host="ci-7"), (), False),
        (lock(created=BEGAN - timedelta(seconds=1)), (), False),  # it was there before us: `./dev unlock` decides
    ],
)
def test_only_a_lock_taken_here_since_we_began_by_an_ended_terraform_is_ours(
    held: Lock, processes: tuple[TerraformProcess, ...], *, own: bool
) -> None:
    assert is_own(held, began=BEGAN, host="here", processes=processes) is own


def test_another_machines_lock_is_left_without_asking_aws() -> None:
    def never() -> None:
        raise AssertionError("AWS was asked")

    assert not free_own(lock(host="another-machine"), BEGAN, table=never)  # type: ignore[arg-type]  # it must not be called
