"""Planned reports -> checked, run, published; the index tells of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from pydantic import BaseModel

from cxlib.language import joined
from cxlib.report import crew, provenance
from cxlib.report.pages import render
from cxlib.report.parameters import Checked, check_values, known_names
from cxlib.report.plan import Planned
from cxlib.report.publish import last_good, place, runs, staging, write_manifest
from cxlib.report.site import write_index, written_time

WORKERS = min(2, os.cpu_count() or 1)
TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A planned report whose parameters were checked; `run` fills `looks` where it is a parameter
    that nobody gave."""

    planned: Planned
    notebook: NotebookNode
    checked: Checked
    known: tuple[str, ...]
    counts_looks: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report.

    Attributes
    ----------
    name : str
        The report.
    page : Path
        Its `report.html`, or the `failed.html` of this run.
    headline : str
        The finding, or what went wrong.
    failed : bool
        Whether there is no report of this run.
    seconds : float
        How long it took.
    """

    name: str
    page: Path
    headline: str
    failed: bool
    seconds: float


def ready(planned: Planned, notebook: NotebookNode, *, model: type[BaseModel] | None) -> Ready:
    """Check a report's parameters; no kernel runs.

    Parameters
    ----------
    planned : Planned
        The report.
    notebook : NotebookNode
        Its notebook, as `parameters.read_notebook` returns it.
    model : pydantic model, optional
        The one that the notebook's metadata names.

    Raises
    ------
    CxError
        If parameters are unknown, of the wrong kind, or disagree with the files they name.
    """
    known = known_names(notebook, model)
    given = {
        name: value for name, value in planned.defaults.items() if name in known
    } | planned.given
    checked = check_values(
        notebook,
        given,
        model=model,
        folder=planned.notebook.parent,
        relative_to=planned.relative_to,
    )
    return Ready(
        planned,
        notebook,
        checked,
        tuple(known),
        model is not None and "looks" in known and "looks" not in given,
    )


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
    with staging(out) as stage:
        past = runs(out) if any(report.counts_looks for report in reports) else {}
        reports = [_looked(report, past.get(report.planned.name, [])) for report in reports]
        manifests = {report.planned.name: _manifest(report) for report in reports}
        jobs = [_job(report, manifests[report.planned.name], stage, timeout) for report in reports]
        for job, told in crew.work(jobs, workers=workers, progress=progress):
            outcomes[job["name"]] = _publish(
                Path(job["folder"]), manifests[job["name"]], told, out=out
            )
            finished(outcomes[job["name"]])
        write_index(out)
    return [outcomes[report.planned.name] for report in reports]


def _looked(report: Ready, past: Sequence[dict[str, Any]]) -> Ready:
    """Fill `looks`: how often the subject was looked at, this time included; a run that failed
    showed nothing."""
    if not report.counts_looks:
        return report
    checked = report.checked
    about = (
        "published",
        provenance.relative(report.planned.notebook, report.planned.root),
        checked.subject,
    )
    looks = {
        "looks": 1
        + sum((run["status"], run["notebook"], run.get("subject")) == about for run in past)
    }
    return replace(
        report, checked=replace(checked, given=checked.given | looks, values=checked.values | looks)
    )


def _manifest(report: Ready) -> dict[str, Any]:
    planned, checked = report.planned, report.checked
    started = datetime.now(UTC)
    records = provenance.inputs(checked.inputs, root=planned.root)
    own = {
        name: checked.given[name] for name in planned.given
    }  # without what the file gives to all its reports
    return {
        "run": provenance.run_id(started, report.notebook, checked.values, records),
        "name": planned.name,
        "notebook": provenance.relative(planned.notebook, planned.root),
        "subject": checked.subject,
        "given": _seen_from_root(report, own),
        "parameters": _seen_from_root(report, checked.values),
        "inputs": records,
        "versions": provenance.versions(),
        "commit": provenance.commit(planned.notebook.parent),
        "command": provenance.command(planned, checked.given, checked.inputs),
        "started": started.isoformat(timespec="milliseconds"),
    }


def _seen_from_root(report: Ready, values: dict[str, Any]) -> dict[str, Any]:
    paths = report.checked.inputs
    return {
        name: provenance.relative(paths[name], report.planned.root) if name in paths else value
        for name, value in values.items()
    }


def _job(report: Ready, manifest: dict[str, Any], stage: Path, timeout: float) -> dict[str, Any]:
    folder = stage / report.planned.name
    folder.mkdir()
    language = report.checked.values.get("language", "en")
    rows = [
        {"name": name, "meaning": report.checked.meanings[name], "value": _written(value, language)}
        for name, value in _flat(manifest["parameters"], report.checked.meanings)
    ]
    header = {key: manifest[key] for key in ("run", "inputs", "versions", "commit", "command")}
    return {
        "name": report.planned.name,
        "notebook": str(report.planned.notebook),
        "folder": str(folder),
        "values": report.checked.given,
        "root": str(report.planned.root),
        "timeout": timeout,
        "language": language,
        "header": {**header, "time": written_time(manifest["started"]), "parameters": rows},
    }


def _flat(
    values: dict[str, Any], known: Collection[str], within: str = ""
) -> Iterator[tuple[str, Any]]:
    """Give the names within a mapping one by one, as `columns.respondent`."""
    for name, value in values.items():
        inner = (
            isinstance(value, dict)
            and value
            and all(f"{within}{name}.{key}" in known for key in value)
        )
        yield from _flat(value, known, f"{within}{name}.") if inner else [(within + name, value)]


def _written(value: Any, language: str) -> str:
    return joined(value, language) or "–" if isinstance(value, list) else str(value)


def _publish(folder: Path, manifest: dict[str, Any], told: dict[str, Any], *, out: Path) -> Outcome:
    name, failed = manifest["name"], "error" in told
    manifest |= {
        "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": "failed" if failed else "published",
        **told,
    }
    if failed:
        _write_failed(folder, manifest, out=out)
    write_manifest(folder, manifest)
    target = out / name / place(folder, out, name=name, run=manifest["run"])
    headline = told["error"]["message"] if failed else told["headline"]
    return Outcome(
        name,
        target / ("failed.html" if failed else "report.html"),
        headline,
        failed,
        told.get("seconds", 0.0),
    )


def _write_failed(folder: Path, manifest: dict[str, Any], *, out: Path) -> None:
    (folder / "report.html").unlink(missing_ok=True)
    good = last_good(runs(out).get(manifest["name"], []))
    error = {"cell": None, "cells": None, "heading": "", **manifest["error"]}
    page = render(
        "failed.html.j2",
        title=manifest["name"],
        name=manifest["name"],
        time=written_time(manifest["started"]),
        error=error,
        last_good=good and good["run"],
        notebook_kept=(folder / "run.ipynb").is_file(),
        command=manifest["command"],
    )
    (folder / "failed.html").write_text(page, encoding="utf-8")
