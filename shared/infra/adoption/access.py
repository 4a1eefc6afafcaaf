"""Whether there is an AWS to ask: credentials for a known account, or the local cloud."""

from collections.abc import Callable, Mapping

from shared.infra.account import UNKNOWN_ACCOUNT
from shared.infra.adoption.aws import Aws
from shared.infra.settings.settings import ENDPOINT_VARIABLE, Settings


def open_aws(settings: Settings, variables: Mapping[str, str], *, notice: Callable[[str], None]) -> Aws | None:
    """AWS for adoption to ask; None, with a line for the user, if none could answer.

    Args:
        settings: of the environment.
        variables: environment variables; boto3 reads them, too.
        notice: takes the line.
    """
    reason = _unreachable(settings, variables)
    if not reason:
        # pylint: disable-next=import-outside-toplevel  # it takes a third of a second, which is wasted without answers
        from shared.infra.adoption.boto3_aws import connect  # noqa: PLC0415  same reason

        aws, reason = connect(region=settings.region, account_id=settings.account_id, made_up=settings.local_cloud)
        if aws is not None:
            return aws
    notice(f"Existing resources are not adopted: {reason}.")
    return None


def _unreachable(settings: Settings, variables: Mapping[str, str]) -> str:
    """Why AWS certainly cannot be asked; empty if it may."""
    if settings.local_cloud:
        return "" if variables.get(ENDPOINT_VARIABLE) else f"{ENDPOINT_VARIABLE} is not set"
    return "the AWS account is unknown" if settings.account_id == UNKNOWN_ACCOUNT else ""
