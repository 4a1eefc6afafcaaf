"""Adds up what became of a report's rows, range by range, and compares that with the report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import Any, Final

from functions.common.uploads import Upload
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, Conflict

RangeResult = Mapping[str, Any]
"""A `RangeLoaded`. In payloads of version 1 it has neither totals nor `replaced`."""

_COUNTS: Final = ("loaded", "repeated", "conflicts")
TOTALS: Final = ("loaded_totals", "repeated_totals", "conflict_totals")
_EXACT: Final = Context(prec=64, traps=[Inexact])
"""A sum has some 30 digits at most; should it ever be rounded, an exception is better than a wrong sum."""


class NotLoadedError(Exception):
    """The ranges do not add up to the report, or nothing was loaded: the upload must not become COMPLETED."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What became of the rows; the totals by kind are None if a range has none."""

    loaded: int
    repeated: int
    conflicts: int
    replaced: int
    totals: Mapping[str, Mapping[str, Decimal]] | None
    conflict_samples: Sequence[Conflict]

    def totals_as_text(self) -> dict[str, dict[str, str]]:
        """The totals by the names of an upload's attributes, as decimal strings."""
        return {
            kind: {each: f"{total:f}" for each, total in sums.items()} for kind, sums in (self.totals or {}).items()
        }


def summarize(ranges: Iterable[RangeResult]) -> Summary:
    """Add up the results of an upload's ranges, which are in order of line. Each is read once, and not kept."""
    counts = Counter[str]()
    totals: dict[str, dict[str, Decimal]] = {kind: {} for kind in TOTALS}
    samples: list[Conflict] = []
    have_totals = True
    for each in ranges:
        counts.update({name: each[name] for name in _COUNTS} | {"replaced": each.get("replaced", 0)})
        samples.extend(each["conflict_samples"][: MAX_CONFLICT_SAMPLES - len(samples)])
        have_totals = have_totals and all(kind in each for kind in TOTALS)
        for kind, sums in totals.items():
            _add(sums, each.get(kind, {}))
    return Summary(
        loaded=counts["loaded"],
        repeated=counts["repeated"],
        conflicts=counts["conflicts"],
        replaced=counts["replaced"],
        totals={kind: dict(sorted(sums.items())) for kind, sums in totals.items()} if have_totals else None,
        conflict_samples=samples,
    )


def require_whole(upload: Upload, summary: Summary) -> None:
    """Compare with the report: each of its rows was loaded, repeated or in conflict, and so was each amount.

    Raises:
        NotLoadedError: rows or amounts are missing, or too many.
    """
    rows = summary.loaded + summary.repeated + summary.conflicts
    if rows != upload.rows:
        found = f"{summary.loaded} loaded, {summary.repeated} repeated, {summary.conflicts} in conflict"
        raise NotLoadedError(f"upload {upload.upload_id} has {upload.rows} rows, but {found}")
    if summary.totals is None:
        return
    found_totals = _sums(summary.totals_as_text().values())
    expected = {currency: Decimal(total) for currency, total in (upload.totals or {}).items()}
    if found_totals != expected:
        differing = sorted(
            currency for currency in expected | found_totals if expected.get(currency) != found_totals.get(currency)
        )
        raise NotLoadedError(f"upload {upload.upload_id}: the totals of {', '.join(differing)} are not the report's")


def _sums(parts: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """Sums by currency, in order of its code, with the decimals that the parts have."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        _add(sums, part)
    return dict(sorted(sums.items()))


def _add(sums: dict[str, Decimal], part: Mapping[str, str]) -> None:
    with localcontext(_EXACT):
        for currency, total in part.items():
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(total)
