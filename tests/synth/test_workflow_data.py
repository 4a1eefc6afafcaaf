"""What the workflow's states pass to each other: every path that is read exists, and payloads stay small."""

import json
from typing import Any, Final

import pytest

from functions.report.format.definition import COLUMNS
from functions.report.parsing.blocks import BLOCK_BYTES
from shared.contracts.api import MAX_DECLARED_BYTES, MAX_REPORT_BYTES
from shared.contracts.objects import load_key, loads_prefix, manifest_key, report_key
from shared.contracts.uploads import LARGE_STUCK_AFTER
from shared.contracts.workflow import (
    ByteRange,
    Manifest,
    NotificationInput,
    RangeStored,
    TransformationInput,
    Validated,
    ValidationInput,
)
from tests.synth.state_machine import (
    LARGE_FUNCTIONS,
    LARGE_STATES,
    START,
    STATES,
    TRANSFORMATION,
    Paths,
    States,
    has,
    reads,
    steps,
)

LIMIT: Final = 8 * 1024
BANK: Final = "b" * 32
UPLOAD: Final = "f" * 32
EXECUTION_NAME: Final = "e" * 80
"""The longest that Step Functions allows; it is the attempt of a report that was stored without an upload."""
# A range is joined to the next one unless both together are too large: at most one for each full block.
RANGES: Final = [
    ByteRange(start=start, end=start + BLOCK_BYTES, first_line=100_000 + number, rows=4_000)
    for number, start in enumerate(range(1_000_000, 1_000_000 + MAX_REPORT_BYTES, BLOCK_BYTES))
]
VALIDATED: Final = Validated(
    version=2,
    upload_id=UPLOAD,
    bank_id=BANK,
    attempt=EXECUTION_NAME,
    started_at="2026-11-24T10:00:00.000Z",
    next="NOTIFY",
    bucket="b" * 63,
    key=report_key(BANK, UPLOAD),
    etag=f'"{"0" * 32}"',
    columns=list(COLUMNS),
    ranges=RANGES,
)


def fields(mapping: dict[str, Any]) -> set[str]:
    return {key.removesuffix(".$") for key in mapping}


def size(value: object) -> int:
    return len(json.dumps(value).encode())


def selected(template: dict[str, Any], given: Any, **context: Any) -> Any:
    """What a selector of the definition makes of its input; every path in one is a name or `$$.Map.Item.Value`."""

    def value(path: str) -> Any:
        found = context if path.startswith("$$.") else given
        for name in path.lstrip("$.").split(".") if path != "$" else ():
            found = found[name]
        return found

    return {key.removesuffix(".$"): value(each) if key.endswith(".$") else each for key, each in template.items()}


def placed(state: str, given: Any, result: Any) -> Any:
    """The output of a state with a result path, from its input and result."""
    return {**given, STATES[state]["ResultPath"].removeprefix("$."): result}


@pytest.mark.parametrize("states", [STATES, LARGE_STATES], ids=["small", "large"])
def test_every_path_that_a_state_reads_was_set_before_on_every_way_to_it(states: States) -> None:
    seen, waiting = set[tuple[str, Paths]](), [(START, frozenset({"$.detail"}))]
    while waiting:
        name, known = waiting.pop()
        if (name, known) in seen:
            continue
        seen.add((name, known))
        missing = {path for path in reads(states[name]) if not has(known, path)}
        assert not missing, f"{name} reads {missing}, but has only {sorted(known)}"
        waiting.extend((step.to, step.output) for step in steps(name, known, states))
    assert {name for name, _ in seen} == states.keys()


def test_validation_receives_what_the_contract_says() -> None:
    payload = STATES["Validation"]["Parameters"]["Payload"]
    assert fields(payload) == ValidationInput.__required_keys__
    assert payload["event.$"] == "$$.Execution.Input"
    assert payload["started_at.$"] == "$$.Execution.StartTime"
    assert payload["version"] == 2


def test_transformation_receives_what_the_contract_says() -> None:
    # `stuck_after` is for ranges of large reports.
    assert fields(STATES["Load"]["ItemSelector"]) == TransformationInput.__required_keys__
    assert STATES["Load"]["ItemSelector"]["version"] == 2


def test_notification_receives_what_the_contract_says_even_if_nothing_was_loaded() -> None:
    payload = STATES["Notification"]["Parameters"]["Payload"]
    assert fields(payload) == NotificationInput.__required_keys__
    assert payload["version"] == 2
    nothing = STATES["NothingLoaded"]
    assert (nothing["Result"], nothing["ResultPath"], nothing["Next"]) == ([], "$.ranges", "Notification")
    assert payload["loads.$"] == STATES["Load"]["ResultPath"] == "$.ranges"


def test_transformation_passes_a_key_and_nothing_else() -> None:
    assert TRANSFORMATION["ResultSelector"] == {"key.$": "$.Payload.key"}


def test_payloads_of_the_largest_report_stay_below_8_kb() -> None:
    assert len(RANGES) == 35
    load = STATES["Load"]
    items = [selected(load["ItemSelector"], VALIDATED, Map={"Item": {"Value": each}}) for each in RANGES]
    keys = [
        load_key(each["bank_id"], each["upload_id"], each["attempt"], start=part["start"], rows=part["rows"])
        for each, part in zip(items, RANGES, strict=True)
    ]
    stored = [selected(TRANSFORMATION["ResultSelector"], {"Payload": RangeStored(key=key)}) for key in keys]
    loaded = placed("Load", VALIDATED, stored)
    payload = selected(STATES["Notification"]["Parameters"]["Payload"], loaded)
    passed = {"Validation": VALIDATED, "Transformation": items[-1], "Load": loaded, "Notification": payload}
    assert {name: size(each) for name, each in passed.items() if size(each) >= LIMIT} == {}
    assert size({**loaded, "ranges": RANGES, "loads": stored}) >= LIMIT  # why the keys take the place of the ranges


def test_the_functions_of_a_large_report_receive_what_the_contract_says() -> None:
    validation, transformation = (
        LARGE_FUNCTIONS[name]["Parameters"]["Payload"] for name in ("Validation", "Transformation")
    )
    assert fields(validation) == ValidationInput.__required_keys__
    assert fields(transformation) == TransformationInput.__required_keys__ | {"stuck_after"}
    assert LARGE_FUNCTIONS["Notification"]["Parameters"]["Payload.$"] == "$"
    of_ranges, of_nothing = (LARGE_STATES[name]["Parameters"] for name in ("Loaded", "NothingLoaded"))
    assert fields(of_ranges) == NotificationInput.__required_keys__ | NotificationInput.__optional_keys__
    assert fields(of_nothing) == NotificationInput.__required_keys__
    assert {each["version"] for each in (validation, transformation, of_ranges, of_nothing)} == {2}


def test_a_large_reports_execution_has_no_end_that_its_functions_would_have_to_know() -> None:
    assert LARGE_FUNCTIONS["Validation"]["Parameters"]["Payload"]["started_at"] == ""
    assert LARGE_STATES["Loaded"]["Parameters"]["started_at"] == ""
    # But that of a range has one, as that of a small report: it is an Express execution.
    payload = LARGE_FUNCTIONS["Transformation"]["Parameters"]["Payload"]
    assert payload["started_at.$"] == "$$.Execution.StartTime"
    assert payload["stuck_after"] == LARGE_STUCK_AFTER.total_seconds()


def test_payloads_of_a_large_report_stay_small_however_large_it_is() -> None:
    prefix = loads_prefix(BANK, UPLOAD, EXECUTION_NAME)
    manifest = Manifest(key=manifest_key(BANK, UPLOAD, EXECUTION_NAME), ranges=999_999, loads_prefix=prefix)
    validated = {**VALIDATED, "ranges": [], "manifest": manifest}
    last = ByteRange(start=MAX_DECLARED_BYTES - 1, end=MAX_DECLARED_BYTES, first_line=200_000_000, rows=999_999)
    load, transformation = LARGE_STATES["Load"], LARGE_FUNCTIONS["Transformation"]
    item = selected(load["ItemSelector"], validated, Map={"Item": {"Value": last}})
    started = {"StartTime": "2026-11-24T10:00:00.000Z"}
    payload = selected(transformation["Parameters"]["Payload"], item, Execution=started)
    notified = selected(LARGE_STATES["Loaded"]["Parameters"], validated)
    passed = {"Validation": validated, "item": item, "Transformation": payload, "Notification": notified}
    assert {name: size(each) for name, each in passed.items() if size(each) >= LIMIT // 4} == {}


def test_nothing_of_a_large_reports_ranges_is_passed_on_and_their_results_are_not_in_the_maps_output() -> None:
    load, transformation = LARGE_STATES["Load"], LARGE_FUNCTIONS["Transformation"]
    assert transformation["OutputPath"] is None  # `{}`, whatever the function returns
    assert load["ResultPath"] is None
    assert load["ResultWriter"] == {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {
            "Bucket.$": "$.bucket",
            "Prefix.$": "States.Format('map-results/{}/{}', $.upload_id, $.attempt)",
        },
    }


@pytest.mark.parametrize("failing", ["DescribeFailure", "AttemptUnknown", "DescribeOutcome"])
def test_the_failure_path_carries_only_what_it_needs(failing: str) -> None:
    assert fields(STATES[failing]["Parameters"]) <= {"attempt", "error", "cause", "outcome"}
    assert "ResultPath" not in STATES[failing]
