"""A sample of `./dev breakcalls`: AWS calls of an upload that fail, and whose uploads are loaded exactly once."""

import pytest

from local.deployment.outputs import Pipeline
from tests.broken_calls.breaks import Break, Extent, Way
from tests.broken_calls.matrix import matrix
from tests.broken_calls.section import PAGE, listed
from tests.broken_calls.uploads import Help

pytestmark = pytest.mark.e2e
SAMPLE = {
    ("intake", "PutItem uploads", Way.ERROR_AFTER, Extent.REQUEST): [],
    ("intake", "PutObject reports", Way.ERROR_AFTER, Extent.CALL): [Help.BANK],
    ("validation", "UpdateItem uploads", Way.ERROR_AFTER, Extent.CALL): [],
    ("transformation", "BatchExecuteStatement transactions", Way.ERROR_AFTER, Extent.CALL): [],
    ("transformation", "GetObject reports", Way.ERROR_BEFORE, Extent.CALL): [],
    ("notification", "UpdateItem uploads", Way.TIME_OUT, Extent.REQUEST): [],
    ("notification", "Publish outcomes", Way.ERROR_AFTER, Extent.CALL): [],
}
"""Function, call, and how it is broken -> who has to help."""


def test_the_document_has_every_call_and_a_sample_of_them_keeps_the_law_when_broken(pipeline: Pipeline) -> None:
    with matrix(pipeline) as on:
        calls = {(call.kind.function, call.name): call for call in on.calls()}
        assert list(calls) == listed(PAGE.read_text(encoding="utf-8"))

        runs = on.run(
            [Break(call=calls[function, name], way=way, extent=extent) for function, name, way, extent in SAMPLE]
        )

    assert [each for run in runs for each in run.violations] == []
    helped = {
        (run.planned.call.kind.function, run.planned.call.name, run.planned.way, run.planned.extent): run.help
        for run in runs
        if run.planned
    }
    assert helped == SAMPLE
