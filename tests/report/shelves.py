"""Runs and states written as `cx run` leaves them, without a kernel."""

import json
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 9, 31, 5, tzinfo=UTC)
FIGURE = {
    "study": "nps",
    "figure": "nps.nps",
    "segment": "",
    "wave": "2026Q3",
    "value": 31.25,
    "ci_low": 22.0,
    "ci_high": 40.4,
    "confidence": 0.95,
    "n": 812,
    "unit": "points",
    "verdict": "cannot_tell",
}


def put_run(out, name="nps", run=None, *, days=0, status="published", **said):
    """Write a run that began so many days before 22 November 2026, and return its folder."""
    started = START - timedelta(days=days)
    folder = out / name / (run or f"{started:%Y%m%dT%H%M%SZ}-aaaa")
    folder.mkdir(parents=True)
    own = (
        {"title": "Did it move?", "headline": "It did."}
        if status == "published"
        else {"error": {"message": "no column 'score'"}}
    )
    manifest = {
        "started": started.isoformat(),
        "status": status,
        "notebook": "notebooks/03_nps.ipynb",
        "given": {},
        "subject": "2026Q3",
    }
    written = json.dumps({**manifest, **own, **said})
    (folder / "manifest.json").write_text(written, encoding="utf-8")
    page = "report.html" if status == "published" else "failed.html"
    (folder / page).write_text("<p>a page</p>", encoding="utf-8")
    return folder


def put_state(out, name="nps", **said):
    """Write `state.json` of a report."""
    (out / name).mkdir(parents=True, exist_ok=True)
    state = {"status": "published", "message": "", "time": "2026-11-27T09:31:05+00:00"}
    unset = {"stale_since": None, "since": None, "order": None}
    written = json.dumps({**state, **unset, **said})
    (out / name / "state.json").write_text(written, encoding="utf-8")
