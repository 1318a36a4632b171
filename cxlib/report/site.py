"""Published runs -> `latest` beside each report, and the index of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from cxlib import texts
from cxlib.report.pages import render
from cxlib.report.publish import alone, last_good, runs, write_whole
from cxlib.report.values import as_given
from cxlib.shown.language import text


def write_index(out: Path) -> Path:
    """Write `index.html`, and `latest` for each report; links are relative, so that it opens from
    the file system.

    Parameters
    ----------
    out : Path
        Folder of the published reports.

    Returns
    -------
    Path
        Of the index, which is in the language of most of its reports.
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
        language = _language(found.values())
        page = render(
            "site.html.j2",
            language=language,
            title=text("report.index_title", language),
            reports=reports,
        )
        write_whole(out / "index.html", page)
    return out / "index.html"


def _language(reports: Iterable[list[dict[str, Any]]]) -> str:
    """Return the language of most reports, as their newest runs have it; English where none says
    it."""
    parameters = [manifests[0].get("parameters") for manifests in reports]
    said = Counter(
        each["language"]
        for each in parameters
        if isinstance(each, dict) and each.get("language") in texts.languages()
    )
    return max(said, key=lambda name: said[name], default="en")


def _entry(name: str, manifests: list[dict[str, Any]]) -> dict[str, Any]:
    listed = [
        {
            **manifest,
            "given": _given(manifest),
            "time": datetime.fromisoformat(manifest["started"]),
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
