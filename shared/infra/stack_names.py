"""Names of the stacks: as cdktf, the operators' commands and the workflows know them."""

from enum import StrEnum


class StackName(StrEnum):
    """Name of a stack; in the order of deployment."""

    STATE = "state-stack"
    DATA = "data-stack"
    COMPUTE = "compute-stack"
    API = "api-stack"
