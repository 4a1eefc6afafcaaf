"""Reaches: environments that share rights. Nothing that belongs to one reach may touch what belongs to another."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The environments that one GitHub environment deploys, by patterns of their suffixes."""

    name: str
    suffixes: tuple[str, ...]
    """IAM patterns. `prod` is a suffix that `pr*` matches, so a digit follows."""
    sweeps: bool = False
    """Whether its workflows look for what closed pull requests left: by tags, and in the whole lock table."""
    plans: bool = False
    """Whether its workflows only plan: the role reads, and changes nothing."""


_DEPLOYING: Final = (
    Reach(name="preview", suffixes=tuple(f"pr{digit}*" for digit in range(1, 10)), sweeps=True),
    Reach(name="staging", suffixes=("staging",)),
    Reach(name="prod", suffixes=("prod",)),
)
PROD_PLAN: Final = Reach(name="prod-plan", suffixes=("prod",), plans=True)
"""Makes the plan that is approved, before anything of prod may be changed."""
CI_REACHES: Final = (*_DEPLOYING, PROD_PLAN)
"""By the GitHub environments of the workflows; pull request 123 has the environment `pr123`."""
OTHER: Final = Reach(name="other", suffixes=("*",))
"""Environments that people deploy with their own rights, such as `dev`."""
REACHES: Final = (*_DEPLOYING, OTHER)
"""Those that environments belong to."""


def reach_of(suffix: str) -> Reach:
    """The reach that an environment belongs to."""
    return next(each for each in REACHES if any(fnmatchcase(suffix, pattern) for pattern in each.suffixes))
