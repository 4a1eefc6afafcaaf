"""What `./dev diff` has planned and `./dev deploy` may do without a question: a digest for each stack."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tools.errors import ToolError


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The plans of one environment, without what they contain."""

    environment: str
    """Its suffix."""
    digests: dict[str, str] = field(default_factory=dict)
    """Stack -> digest of its changes."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Stack -> why it cannot be planned before those that it depends on are deployed."""

    def write(self, file: Path) -> None:
        """Write it as a line of JSON, which holds no value of the plans."""
        file.write_bytes(TypeAdapter(Approval).dump_json(self) + b"\n")


def read_approval(file: Path, environment: str) -> Approval:
    """Read what was approved.

    Args:
        file: that `./dev diff --digests` has written.
        environment: suffix of the environment that is to be deployed.

    Raises:
        ToolError: there is no such file, it is none of diff's, or another environment's.
    """
    try:
        approval = TypeAdapter(Approval).validate_json(file.read_bytes(), strict=True)
    except (OSError, ValidationError) as error:
        raise ToolError(
            f"{file} contains no approved plans. Nothing was deployed. Write it: ./dev diff --digests {file}"
        ) from error
    if approval.environment != environment:
        raise ToolError(f"{file} approves plans of {approval.environment}, not of {environment}. Nothing was deployed.")
    return approval
