"""How many requests X-Ray traces, in all environments: an account has 25 sampling rules, and this takes three."""

from typing import Final

from constructs import Construct

from shared.infra.constructs.sampling_rule import ACCOUNT_PRIORITY, SamplingRule
from shared.infra.naming import PROJECT, SharedNamer
from shared.infra.settings.settings import ACCOUNT_SAMPLING_RATE

_ROOTS: Final = {
    "api": f"{PROJECT}-api-*/*",
    "load": f"{PROJECT}-load-*",
    "large-load": f"{PROJECT}-large-load-*",
}
"""Purpose -> X-Ray's name, in any environment, of a service where traces begin: API and stage, or state machine."""


class Sampling(Construct):
    """One rule for the APIs, one for each kind of workflow."""

    def __init__(self, scope: Construct, id_: str, *, names: SharedNamer) -> None:
        super().__init__(scope, id_)
        for purpose, service in _ROOTS.items():
            SamplingRule(
                self,
                purpose,
                name=names.sampling_rule(purpose),
                service=service,
                rate=ACCOUNT_SAMPLING_RATE,
                priority=ACCOUNT_PRIORITY,
            )
