"""What the cost of a month is computed with, and neither the code nor AWS says: each can be given another value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tools.errors import ToolError


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """A number, and why it is that."""

    name: str
    value: float
    why: str
    divides: bool = False
    """Whether it may not be 0."""


_MEASURED: Final = "measured, docs/performance.md"
_LOGGED: Final = "measured on the local cloud on 2026-11-29, 40 lines"

ASSUMPTIONS: Final = (
    Assumption(name="days", value=30, divides=True, why="days of a month"),
    Assumption(name="hours", value=730, divides=True, why="hours of a month, as AWS counts them"),
    Assumption(name="requests-per-upload", value=3, why="a bank submits once, and asks twice how far it is"),
    Assumption(name="failed-share", value=0.001, why="of the uploads: one dead letter each, sent, read and deleted"),
    Assumption(
        name="row-bytes",
        value=74.9,
        divides=True,
        why=f"of one row of a report with random ids ({_MEASURED}, growth, 10,000,000 rows)",
    ),
    Assumption(name="wait-ms", value=10, why="that a function waits for each answer of AWS, as in `large_on_aws`"),
    Assumption(
        name="call-ms", value=2.7, why=f"processor time of a warm call with one request ({_MEASURED}, coldstart)"
    ),
    Assumption(name="request-us", value=1_293, why=f"processor time of each further request ({_MEASURED}, load)"),
    Assumption(name="loader-us", value=129, why=f"processor time of a row in Transformation ({_MEASURED}, load)"),
    Assumption(
        name="validator-ns",
        value=3_110,
        why=f"processor time of a row in the validator ({_MEASURED}, growth, 1,000 rows with random ids)",
    ),
    Assumption(
        name="core-mb",
        value=1_769,
        divides=True,
        why="memory with which a function has one core (tools/costs/prices.toml)",
    ),
    Assumption(name="cold-share", value=0.01, why="of the calls start a function's environment"),
    Assumption(
        name="cold-ms", value=400, why=f"processor time of a cold start, init and first call ({_MEASURED}, coldstart)"
    ),
    Assumption(name="platform-log-bytes", value=261, why=f"Lambda's own lines of a call ({_LOGGED})"),
    Assumption(name="intake-log-bytes", value=705, why=f"our own lines of a call ({_LOGGED})"),
    Assumption(name="validation-log-bytes", value=523, why=f"our own lines of a call ({_LOGGED})"),
    Assumption(name="transformation-log-bytes", value=456, why=f"our own lines of a call ({_LOGGED})"),
    Assumption(name="notification-log-bytes", value=383, why=f"our own lines of a call ({_LOGGED})"),
    Assumption(name="status-log-bytes", value=304, why=f"our own lines of a call, as of another answer ({_LOGGED})"),
    Assumption(name="sweeper-log-bytes", value=302, why=f"our own lines of a call ({_LOGGED})"),
    Assumption(name="access-log-bytes", value=450, why="of the line of a request in the API's access log"),
    Assumption(name="state-log-bytes", value=400, why="of an event in the workflow's log, without input and output"),
    Assumption(name="answer-bytes", value=1_500, why="of an answer of the API, with its headers"),
    Assumption(
        name="api-metrics",
        value=5,
        why="metrics of each method of the API (Count, Latency, IntegrationLatency, 4XXError, 5XXError), charged as "
        "custom metrics",
    ),
    Assumption(
        name="provisioned-use", value=0.5, divides=True, why="of provisioned capacity is used, on average over a month"
    ),
)
"""All of them, in the order in which they are shown."""

_DIVIDE: Final = frozenset(each.name for each in ASSUMPTIONS if each.divides)


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """The values in use, by name."""

    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        """One of them."""
        return self.values[name]


def assumed(given: Iterable[str] = ()) -> Assumed:
    """The assumptions, some with other values.

    Args:
        given: `NAME=NUMBER` each.

    Raises:
        ToolError: there is no such assumption, or the value is no number that it may have.
    """
    values = {each.name: each.value for each in ASSUMPTIONS}
    for argument in given:
        name, _, text = argument.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if name not in values or not 0 <= value < float("inf") or (name in _DIVIDE and not value):
            raise ToolError(f"{argument!r} is no assumption: expected NAME=NUMBER with one of {', '.join(values)}")
        values[name] = value
    return Assumed(values=values)
