"""Names of the stacks, by which cdktf and the operators' commands refer to them."""

from enum import StrEnum


class StackName(StrEnum):
    """Name of a stack; in the order of deployment."""

    STATE = "state-stack"
    DATA = "data-stack"
    COMPUTE = "compute-stack"
    API = "api-stack"
