"""Checked reports -> run and published; the index tells of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cxlib.report import crew, provenance
from cxlib.report.checking import Ready
from cxlib.report.looks import earlier_looks
from cxlib.report.pages import render
from cxlib.report.publish import last_good, place, runs, staging, write_manifest
from cxlib.report.site import write_index

WORKERS = min(2, os.cpu_count() or 1)
TIMEOUT = 600.0


class Status(StrEnum):
    """What became of a report; only the first two leave a run behind."""

    PUBLISHED = "published"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report.

    Attributes
    ----------
    name : str
        The report.
    status : Status
        A refusal publishes nothing: the data or the parameters allow no honest answer.
    headline : str
        The finding, what went wrong, or the refusal with its parameter.
    page : Path or None
        Its `report.html`, or the `failed.html` of this run; None where it was refused.
    seconds : float
        How long it took.
    """

    name: str
    status: Status
    headline: str
    page: Path | None = None
    seconds: float = 0.0


def run(
    reports: Sequence[Ready],
    *,
    out: Path,
    workers: int = WORKERS,
    timeout: float = TIMEOUT,
    progress: crew.Progress = lambda name, cell, cells: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Run reports, publish each that is whole, and write the index. A report that fails does not
    stop the others.

    Parameters
    ----------
    reports : sequence of Ready
        Checked reports.
    out : Path
        Folder of the published reports; made where it is absent.
    workers : int
        How many notebooks run at once.
    timeout : float
        Seconds that one cell may take.
    progress, finished : callable
        Told of each cell that starts, and of each report that is done.

    Returns
    -------
    list of Outcome
        In the order of `reports`.
    """
    outcomes: dict[str, Outcome] = {}
    out = out.absolute()
    named = {report.planned.name: report for report in reports}
    with staging(out) as stage:
        past = runs(out) if any(report.counts_looks for report in reports) else {}
        jobs = [
            _job(_with_earlier_looks(report, past.get(name, [])), stage, timeout)
            for name, report in named.items()
        ]
        for job, told in crew.work(jobs, workers=workers, progress=progress):
            name = job["name"]
            outcomes[name] = _end(named[name], job, told, out=out)
            finished(outcomes[name])
        if any(outcome.page for outcome in outcomes.values()):
            write_index(out)
    return [outcomes[name] for name in named]


def _with_earlier_looks(report: Ready, past: Sequence[Mapping[str, Any]]) -> Ready:
    """Fill `looks` where nobody gave it: the kernel finds out which of them are of its subject."""
    if not report.counts_looks:
        return report
    notebook = provenance.relative(report.planned.notebook, report.planned.root)
    looks = {"looks": earlier_looks(past, notebook=notebook)}
    checked = report.checked
    filled = replace(checked, given=checked.given | looks, values=checked.values | looks)
    return replace(report, checked=filled)


def _manifest(report: Ready) -> dict[str, Any]:
    planned, checked = report.planned, report.checked
    started = datetime.now(UTC)
    records = provenance.inputs(checked.inputs, root=planned.root)
    # without what the file gives to all its reports
    own = {name: checked.given[name] for name in planned.given}
    repeated = {name: value for name, value in checked.given.items() if name in checked.asked}
    return {
        "run": provenance.run_id(started, report.notebook, checked.values, records),
        "name": planned.name,
        "notebook": provenance.relative(planned.notebook, planned.root),
        "given": _seen_from_root(report, own),
        "parameters": _seen_from_root(report, checked.values),
        "inputs": records,
        "versions": provenance.versions(),
        "commit": provenance.commit(planned.notebook.parent),
        "command": provenance.command(planned, repeated, checked.inputs),
        "started": started.isoformat(timespec="milliseconds"),
    }


def _seen_from_root(report: Ready, values: Mapping[str, Any]) -> dict[str, Any]:
    paths = report.checked.inputs
    return {
        name: provenance.relative(paths[name], report.planned.root) if name in paths else value
        for name, value in values.items()
    }


def _job(report: Ready, stage: Path, timeout: float) -> dict[str, Any]:
    """Return what `cxlib.report.worker` takes."""
    folder = stage / report.planned.name
    folder.mkdir()
    checked = report.checked
    return {
        "name": report.planned.name,
        "notebook": str(report.planned.notebook),
        "folder": str(folder),
        "values": checked.given,
        "root": str(report.planned.root),
        "timeout": timeout,
        "language": checked.values.get("language", "en"),
        "meanings": checked.meanings,
        "manifest": _manifest(report),
        "looks": checked.given["looks"] if report.counts_looks else None,
    }


def _end(report: Ready, job: dict[str, Any], told: dict[str, Any], *, out: Path) -> Outcome:
    """Publish what a worker made; of a refusal there is nothing to publish."""
    if "refused" in told:
        refusal = report.checked.named(told["refused"])
        return Outcome(job["name"], Status.REFUSED, refusal, seconds=told.get("seconds", 0.0))
    folder = Path(job["folder"])
    status = Status.FAILED if "error" in told else Status.PUBLISHED
    finished = datetime.now(UTC).isoformat(timespec="milliseconds")
    manifest = {**job["manifest"], "finished": finished, "status": status, **told}
    if status is Status.FAILED:
        _write_failed(folder, manifest, out=out, language=job["language"])
    write_manifest(folder, manifest)
    name = job["name"]
    target = out / name / place(folder, out, name=name, run=manifest["run"])
    failed = status is Status.FAILED
    headline = told["error"]["message"] if failed else told["headline"]
    page = target / ("failed.html" if failed else "report.html")
    return Outcome(name, status, headline, page, told.get("seconds", 0.0))


def _write_failed(folder: Path, manifest: dict[str, Any], *, out: Path, language: str) -> None:
    (folder / "report.html").unlink(missing_ok=True)
    good = last_good(runs(out).get(manifest["name"], []))
    page = render(
        "failed.html.j2",
        language=language,
        title=manifest["name"],
        name=manifest["name"],
        time=datetime.fromisoformat(manifest["started"]),
        error={"cell": None, "cells": None, "heading": "", **manifest["error"]},
        last_good=good and good["run"],
        notebook_kept=(folder / "run.ipynb").is_file(),
        command=manifest["command"],
    )
    (folder / "failed.html").write_text(page, encoding="utf-8")
