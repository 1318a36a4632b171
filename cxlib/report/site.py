"""Published runs -> `latest` beside each report, and the index of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxlib.language import text
from cxlib.report.pages import render
from cxlib.report.publish import alone, last_good, runs, write_whole
from cxlib.report.reading import as_given


def write_index(out: Path, *, language: str = "en") -> Path:
    """Write `index.html`, and `latest` for each report; links are relative, so that it opens from
    the file system.

    Parameters
    ----------
    out : Path
        Folder of the published reports.
    language : str
        Language of the index.

    Returns
    -------
    Path
        Of the index.
    """
    out.mkdir(parents=True, exist_ok=True)
    with alone(out):
        found = runs(out)
        for name, manifests in found.items():
            good = last_good(manifests)
            if good:
                write_whole(out / name / "latest", good["run"] + "\n")
        reports = sorted(
            (_entry(name, manifests) for name, manifests in found.items()),
            key=lambda entry: entry["order"],
        )
        page = render(
            "site.html.j2",
            language=language,
            title=text("report.index_title", language),
            reports=reports,
        )
        write_whole(out / "index.html", page)
    return out / "index.html"


def _entry(name: str, manifests: list[dict[str, Any]]) -> dict[str, Any]:
    listed = [
        {
            **manifest,
            "given": _given(manifest),
            "time": written_time(manifest["started"]),
            "page": "report.html" if manifest["status"] == "published" else "failed.html",
        }
        for manifest in manifests
    ]
    good = last_good(listed)
    failed = listed[0] if listed[0]["status"] == "failed" else None
    older = [run for run in listed if run is not good and run is not failed]
    return {
        "name": name,
        "order": (Path(listed[0]["notebook"]).name, name),
        "good": good,
        "failed": failed,
        "older": older,
    }


def _given(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the parameters that were given, in words; of a mapping the names that have a value."""
    given = manifest.get("given")
    named = {
        name: {key: item for key, item in value.items() if item is not None}
        if isinstance(value, dict)
        else value
        for name, value in (given if isinstance(given, dict) else {}).items()
    }
    return {name: as_given(value) for name, value in named.items()}


def written_time(stamp: str) -> str:
    """Write an ISO time for the reader.

    >>> written_time("2026-11-22T09:31:05+00:00")
    '2026-11-22 09:31'
    """
    return stamp[:16].replace("T", " ")
