"""A checked report, and what its worker told -> the manifest of its run; moments in it are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cxlib.report import provenance
from cxlib.report.checking import Ready
from cxlib.report.outcomes import Status


def manifest_before(report: Ready) -> dict[str, Any]:
    """Return what is known before the report is made; the worker adds what goes into it then."""
    planned, checked = report.planned, report.checked
    # without what the file gives to all its reports
    own = {name: checked.given[name] for name in planned.given}
    repeated = {name: value for name, value in checked.given.items() if name in checked.asked}
    return {
        "name": planned.name,
        "notebook": provenance.relative(planned.notebook, planned.root),
        "entry": planned.entry,
        "given": _seen_from_root(report, own),
        "parameters": _seen_from_root(report, checked.values),
        "command": provenance.command(planned, repeated, checked.paths),
        "pdf": planned.pdf,
        "single_file": planned.single_file,
    }


def manifest_of_end(
    report: Ready, before: Mapping[str, Any], told: Mapping[str, Any], *, status: Status
) -> dict[str, Any]:
    """Return the manifest of a run that ended; `told` may lack what its process could not even
    tell."""
    finished = datetime.now(UTC)
    begun: dict[str, Any] = {
        "run": provenance.run_id(finished, report.key or {}),
        "started": write_moment(finished),
        "inputs": [],
        "key": report.key,
        "versions": {},
        "commit": None,
    }
    return {**begun, **before, "finished": write_moment(finished), "status": status, **told}


def write_moment(time: datetime) -> str:
    """Write a moment as manifests have it.

    >>> write_moment(datetime(2026, 11, 22, 9, 31, tzinfo=UTC))
    '2026-11-22T09:31:00.000+00:00'
    """
    return time.isoformat(timespec="milliseconds")


def _seen_from_root(report: Ready, values: Mapping[str, Any]) -> dict[str, Any]:
    paths = report.checked.paths
    return {
        name: provenance.seen_from(report.planned.root, name, value, paths)
        for name, value in values.items()
    }
