"""An event starts what the rules say."""

from typing import Any

import pytest

from tests.simulation.aws.event_patterns import matches
from tests.simulation.scheduler import NotModeledError

EVENT = {"source": "aws.s3", "detail": {"bucket": {"name": "b"}, "object": {"key": "reports/x", "size": 10}}}


def of_object(**fields: Any) -> dict[str, Any]:
    return {"detail": {"object": fields}}


@pytest.mark.parametrize(
    ("pattern", "taken"),
    [
        ({"source": ["aws.s3"]}, True),
        ({"source": ["aws.ec2", "aws.s3"]}, True),
        ({"source": ["aws.ec2"]}, False),
        ({"detail": {"bucket": {"name": ["b"]}}, "source": ["aws.ec2"]}, False),
        ({"detail-type": ["Object Created"]}, False),
        (of_object(key=[{"prefix": "reports/"}]), True),
        (of_object(key=[{"prefix": "errors/"}]), False),
        (of_object(size=[{"numeric": ["<=", 10]}]), True),
        (of_object(size=[{"numeric": [">", 10]}]), False),
        (of_object(size=[{"numeric": [">", 0, "<", 10]}]), False),
        (of_object(size=[{"numeric": [">", 0, "<", 11]}]), True),
        (of_object(key=[{"numeric": [">", 0]}]), False),
        (of_object(size=[True]), False),
        (of_object(etag=[{"prefix": ""}]), False),
    ],
)
def test_a_pattern_takes_the_events_whose_fields_it_names(pattern: dict[str, Any], taken: bool) -> None:  # noqa: FBT001
    assert matches(pattern, EVENT) is taken


def test_a_pattern_that_is_not_modeled_is_an_error() -> None:
    with pytest.raises(NotModeledError):
        matches(of_object(key=[{"wildcard": "*"}]), EVENT)
