"""Counts that cannot be had -> what stands in place of a result that would be made of them."""

from __future__ import annotations

from cxlib.shown.result import Absent, Result


def without_counts(
    counts: Absent | None, instead_of: type[Result], *, key: str = "retention.no_events"
) -> Absent:
    """Return what is absent in place of an `instead_of`: for the reason that the counts are, or
    else for that of `key`."""
    return Absent.of(counts.key if isinstance(counts, Absent) else key, instead_of)
