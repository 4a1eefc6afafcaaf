"""CloudWatch's embedded metric format: what a log line must be so that CloudWatch makes metrics of it.

From CloudWatch's guide, "Specification: Embedded metric format" (docs.aws.amazon.com/AmazonCloudWatch/latest/
monitoring/CloudWatch_Embedded_Metric_Format_Specification.html): its JSON schema, and the rules that are in its text
only.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

from jsonschema import Draft202012Validator

from functions.common.logs import JsonFormatter

_UNITS: Final = (
    "Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits"
    "|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second"
    "|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None"
)
_METRIC: Final = {
    "title": "MetricDefinition",
    "type": "object",
    "required": ["Name"],
    "additionalProperties": False,
    "properties": {
        "Name": {"type": "string", "minLength": 1, "maxLength": 1024},
        "Unit": {"type": "string", "pattern": f"^({_UNITS})$"},
        "StorageResolution": {"type": "integer", "enum": [1, 60]},
    },
}
_DIRECTIVE: Final = {
    "title": "MetricDirective",
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": {"type": "string", "minLength": 1, "maxLength": 1024},
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {
                "title": "DimensionSet",
                "type": "array",
                "maxItems": 30,
                "items": {"type": "string", "minLength": 1, "maxLength": 250},
            },
        },
        "Metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": _METRIC},
    },
}
SCHEMA: Final = {
    "title": "Root Node",
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "title": "Metadata",
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {"type": "array", "items": _DIRECTIVE},
            },
        },
    },
}


@dataclass(frozen=True, kw_only=True)
class Point:
    """What CloudWatch makes of one metric of a line."""

    name: str
    value: float
    unit: str
    dimensions: dict[str, str]
    writer: str
    """Logger that wrote the line."""


def points(line: str) -> Iterator[Point]:
    """The metrics that CloudWatch makes of a log line; none of one without `_aws`.

    Raises:
        ValidationError: the line is not what the specification's schema allows.
        AssertionError: it breaks a rule of the specification's text.
    """
    root: dict[str, Any] = json.loads(line)
    if "_aws" not in root:
        return
    assert len(line.encode()) <= 256 * 1024
    Draft202012Validator(SCHEMA).validate(root)
    for directive in root["_aws"]["CloudWatchMetrics"]:
        for dimension_set in directive["Dimensions"]:
            dimensions = {each: root[each] for each in dimension_set}
            assert all(isinstance(value, str) and 1 <= len(value) <= 1024 for value in dimensions.values())
            for metric in directive["Metrics"]:
                value = root[metric["Name"]]
                assert type(value) in (int, float), f"{metric['Name']} is no number: {value!r}"
                yield Point(
                    name=f"{directive['Namespace']}/{metric['Name']}",
                    value=value,
                    unit=metric.get("Unit", "None"),
                    dimensions=dimensions,
                    writer=root["logger"],
                )


@dataclass
class Metrics:
    """The metrics of the log lines that were written since the last look."""

    stream: StringIO = field(default_factory=StringIO)

    def take(self) -> list[Point]:
        """The metrics, in order."""
        lines = self.stream.getvalue().splitlines()
        self.stream.seek(0)
        self.stream.truncate()
        return [point for line in lines for point in points(line)]

    def sums(self) -> dict[str, float]:
        """Their sums by name, without the namespace; no metric of it is of another environment or of a bank."""
        found = self.take()
        assert all(each.dimensions == {"Environment": "dev"} for each in found)
        sums = Counter[str]()
        for each in found:
            sums[each.name.removeprefix("TransactionPipeline/")] += each.value  # type: ignore[assignment]
        return dict(sums)


@contextmanager
def collected() -> Iterator[Metrics]:
    """Collect what the functions log, as Lambda's runtime would write it."""
    metrics, logger = Metrics(), logging.getLogger("functions")
    handler, level = logging.StreamHandler(metrics.stream), logger.level
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield metrics
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
