"""Checked reports -> run and published; the index tells of each."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxlib import texts
from cxlib.report import crew, provenance
from cxlib.report.checking import Ready
from cxlib.report.checks import Refused, TooFew
from cxlib.report.failed_page import write_failed
from cxlib.report.history import doubts_of
from cxlib.report.limits import Limits
from cxlib.report.look_records import pruned_looks
from cxlib.report.looks import earlier_looks
from cxlib.report.manifests import manifest_before, manifest_of_end, write_moment
from cxlib.report.outcomes import Outcome, Status
from cxlib.report.publish import (
    alone,
    last_good,
    place,
    runs,
    staging,
    states,
    sweep,
    write_state,
)
from cxlib.report.reasons import explain, in_form
from cxlib.report.refusals import Kind, kind_of_stop
from cxlib.report.site import write_index
from cxlib.secrecy import mask_of, masked
from cxlib.shown.message import Message
from cxlib.sources.table_names import passwords_of, server_table

WORKERS = min(2, os.cpu_count() or 1)


def run(
    reports: Sequence[Ready],
    *,
    out: Path,
    workers: int = WORKERS,
    limits: Limits = Limits(),  # noqa: B008  frozen
    force: bool = False,
    history: Path | None = None,
    refused: Sequence[Refused] = (),
    left_out: Sequence[TooFew] = (),
    entries: Mapping[str, Sequence[str]] | None = None,
    language: str = "",
    zone: str = "",
    progress: crew.Progress = lambda name, cell, cells: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
    note: crew.Note = lambda told: None,
    work: crew.Work | None = None,
) -> list[Outcome]:
    """Run reports, publish each that is whole, and write the index after each. A report that fails
    does not stop the others, and one that would be the same again is not made.

    Parameters
    ----------
    reports : sequence of Ready
        Checked reports.
    out : Path
        Folder of the published reports; made where it is absent.
    workers : int
        How many notebooks run at once.
    limits : Limits
        What a report, and all of them, may take.
    force : bool
        Whether to make those that are unchanged too.
    history : Path, optional
        Folder of the site that these reports will be collected into; by default `out`. How often a
        subject was looked at is counted there.
    refused, left_out : sequence
        What the checks did not let through; the index shows it.
    entries : mapping of str to sequence of str, optional
        Names of the reports that each entry with `for_each` stands for; an earlier one of it that
        is not among them is of a value that the data do not have any more.
    language, zone : str
        Of the index: its language where the reports have several, and its time zone.
    progress, finished, note : callable
        Told of each cell that starts, of each report that is done, and of what a reader of the
        console should know.
    work : callable, optional
        What runs the jobs, by default `crew.work` on this machine (see `Cluster.work`).

    Returns
    -------
    list of Outcome
        Refused ones, those left out, and then in the order of `reports`.
    """
    site = _Site(out.absolute(), history, force, language, zone)
    writing = [each for each in reports if _writes_into(each, out)]
    reports = [each for each in reports if each not in writing]
    outcomes = [site.refuse(each) for each in (*refused, *map(_no_place, writing))] + [
        site.leave(each) for each in left_out
    ]
    outcomes += site.gone(entries or {})
    known = {report.planned.name: site.unchanged(report) for report in reports}
    made = {name: outcome for name, outcome in known.items() if outcome}
    for outcome in (*outcomes, *made.values()):
        finished(outcome)
    todo = [report for report in reports if report.planned.name not in made]
    if outcomes or made or not todo:  # a part in which no report lies is a site as well
        site.write_index()
    if todo:
        made |= site.make(todo, workers, limits, progress, finished, note, work or crew.work)
    return [*outcomes, *(made[report.planned.name] for report in reports)]


def _writes_into(report: Ready, out: Path) -> bool:
    """Return whether a report would write what is nobody's to read among the published reports."""
    site = out.resolve()
    paths = [path.resolve() for path in report.checked.outputs.values()]
    return any(path == site or site in path.parents for path in paths)


def _no_place(report: Ready) -> Refused:
    named = [f"{name}={path.as_posix()!r}" for name, path in report.checked.outputs.items()]
    return Refused(
        report.planned,
        f"{' and '.join(named)} lies among the published reports, which others read; write to a "
        "folder of your own, such as data/raw",
    )


class _Site:
    """The folder of the published reports, while a suite runs."""

    def __init__(
        self, out: Path, history: Path | None, force: bool, language: str, zone: str
    ) -> None:
        self._out = out
        self._force = force
        self._reader = {"language": language, "zone": zone}
        self._history = (history or out).absolute()
        self._past = runs(self._history)
        self._own = runs(out) if history else self._past
        self._states = states(out)
        self._placed: Path | None = None  # the run that was published last
        self._unwritten: dict[str, str] = {}  # what stopped a report whose disk is full, by name

    def write_index(self) -> None:
        sweep(self._out)
        write_index(self._out, **self._reader)

    def refuse(self, refused: Refused) -> Outcome:
        name = refused.planned.name
        message = masked(refused.message)
        told: dict[str, Any] = {"kind": refused.kind, "language": refused.planned.language_asked}
        # an entry that stands for many reports makes them all stale
        for each in self._of_entry(name) if refused.planned.for_each else [name]:
            self._tell(each, Status.REFUSED, message, **told)
        line = refused.planned.line
        where = f"line {line}" if line else ""
        return Outcome(name, Status.REFUSED, message, cause=refused.cause, where=where, **told)

    def _of_entry(self, entry: str) -> list[str]:
        """Return the reports that an entry with `for_each` made before; itself where there are
        none."""
        return [name for name, past in self._own.items() if past[0].get("entry") == entry] or [
            entry
        ]

    def gone(self, entries: Mapping[str, Sequence[str]]) -> list[Outcome]:
        """Tell of reports of values that are gone, and forget what was refused of an entry as such
        before it could be read."""
        found = []
        for entry, names in entries.items():
            folder = self._out / entry
            if entry not in names and not self._own.get(entry):
                (folder / "state.json").unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    folder.rmdir()
            message = Message("cli.value_gone", entry=entry)
            found += [
                self.leave(TooFew(name, message.text(spoken), spoken))
                for name in self._of_entry(entry)
                if name != entry and name not in names
                for spoken in [self._spoken(name)]
            ]
        return found

    def _spoken(self, name: str) -> str:
        """Return the language of the last run of a report."""
        found = self._own[name][0].get("parameters")
        named = found.get("language") if isinstance(found, dict) else None
        return named if named in texts.languages() else "en"

    def leave(self, few: TooFew) -> Outcome:
        message = masked(few.message)
        told: dict[str, Any] = {"kind": Kind.FEW, "language": few.language}
        self._tell(few.name, Status.LEFT_OUT, message, **told)
        return Outcome(few.name, Status.LEFT_OUT, message, **told)

    def unchanged(self, report: Ready) -> Outcome | None:
        """Return an outcome where the newest whole run is the report that would be made."""
        name = report.planned.name
        good = last_good(self._past.get(name, []))
        if self._force or good is None or report.key is None:
            return None
        if not all(path.exists() for path in report.checked.outputs.values()):
            return None  # what it writes is gone
        if any(map(server_table, report.checked.inputs.values())):
            return None  # whether its rows are the same, nobody knows
        page = self._history / name / good["run"] / "report.html"
        if provenance.changed(good.get("key"), report.key) or not page.is_file():
            return None
        if not in_form(report.planned, good, page.parent):
            return None
        self._tell(name, Status.UNCHANGED, "", since=good["started"], order=good["order"])
        headline = good.get("headline", "")
        language = _language(report)
        return Outcome(
            name,
            Status.UNCHANGED,
            headline,
            page,
            why=[Message("cli.why_nothing")],
            language=language,
            doubts=doubts_of(good),
        )

    def make(
        self,
        reports: Sequence[Ready],
        workers: int,
        limits: Limits,
        progress: crew.Progress,
        finished: Callable[[Outcome], None],
        note: crew.Note,
        work: crew.Work,
    ) -> dict[str, Outcome]:
        """Make reports; return what became of each."""
        outcomes = {}
        named = {report.planned.name: report for report in reports}
        with self._indexed(), staging(self._out) as stage:
            jobs = [
                self._job(report, stage, limits) | {"kin": self._kin(report, reports)}
                for report in reports
            ]
            working = work(jobs, workers=workers, progress=progress, limits=limits, note=note)
            with contextlib.closing(working):  # at once, also where it is left by an exception
                for job, told in working:
                    name = job["name"]
                    with self._taken_back(name, Path(job["folder"])):
                        outcomes[name] = self._end(named[name], job, told)
                        write_index(self._out, **self._reader)
                    finished(outcomes[name])
        return outcomes

    @contextlib.contextmanager
    def _indexed(self) -> Iterator[None]:
        """Write the index once more where a run ends early: staged files have made room then."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                for name, message in self._unwritten.items():
                    self._tell(name, Status.FAILED, message, kind=Kind.WRITING)
                write_index(self._out, **self._reader)
            raise

    @contextlib.contextmanager
    def _taken_back(self, name: str, folder: Path) -> Iterator[None]:
        """Take a run back to where it was staged if the index that names it cannot be written."""
        self._placed = None
        try:
            yield
        except OSError as error:
            if self._placed:
                os.replace(self._placed, folder)
            self._unwritten[name] = f"Its files could not be written ({error.strerror or error})"
            raise

    def _job(self, report: Ready, stage: Path, limits: Limits) -> dict[str, Any]:
        """Return what `cxlib.report.worker` takes."""
        before, report = report, self._with_earlier_looks(report)
        planned, checked = report.planned, report.checked
        folder = stage / planned.name
        folder.mkdir()
        return {
            "name": planned.name,
            "notebook": str(planned.notebook),
            "folder": str(folder),
            "values": checked.given,
            "parameters": checked.values,
            "paths": {name: str(path) for name, path in checked.inputs.items()},
            "keyed": report.key is not None,
            "root": str(planned.root),
            "timeout": limits.cell,
            "language": _language(report),
            "zone": planned.zone,
            "meanings": checked.meanings,
            "manifest": manifest_before(report),
            "looks": checked.given["looks"] if report.counts_looks else None,
            "before": self._before(planned.name),
            "planned": json.loads(json.dumps(asdict(planned), default=str)),
            "given": before.checked.given,
            "key": report.key,
            "day": checked.day,
        }

    def _kin(self, report: Ready, reports: Sequence[Ready]) -> list[str]:
        """Return the folders of a few reports of the same notebook, its own first."""
        notebook = report.planned.notebook
        names = [each.planned.name for each in reports if each.planned.notebook == notebook]
        return [str(self._out / name) for name in dict.fromkeys([report.planned.name, *names[:3]])]

    def _before(self, name: str) -> str | None:
        """Return the folder of the newest whole run, which the page says the difference to."""
        good = last_good(self._past.get(name, []))
        return str(self._history / name / good["run"]) if good else None

    def _with_earlier_looks(self, report: Ready) -> Ready:
        """Fill `looks` where nobody gave it: the kernel finds out which are of its subject."""
        if not report.counts_looks:
            return report
        notebook = provenance.relative(report.planned.notebook, report.planned.root)
        name = report.planned.name
        looks = {
            "looks": earlier_looks(
                self._past.get(name, []),
                notebook=notebook,
                pruned=pruned_looks(self._history, name),
            )
        }
        checked = report.checked
        filled = replace(checked, given=checked.given | looks, values=checked.values | looks)
        return replace(report, checked=filled)

    def _end(self, report: Ready, job: dict[str, Any], told: dict[str, Any]) -> Outcome:
        """Publish what a worker made; of a refusal there is nothing to publish."""
        name, seconds = report.planned.name, told.get("seconds", 0.0)
        checked = report.checked
        mask = mask_of([checked.given, checked.values, passwords_of(checked.inputs.values())])
        if "refused" in told:
            refusal = mask(report.checked.named(told["refused"]))
            more = {"kind": kind_of_stop(told), "language": job["language"]}
            self._tell(name, Status.REFUSED, refusal, **more)
            return Outcome(name, Status.REFUSED, refusal, None, seconds, "value", **more)
        folder = Path(job["folder"])
        status = Status.FAILED if "error" in told else Status.PUBLISHED
        manifest = manifest_of_end(report, job["manifest"], told, status=status)
        if status is Status.FAILED:
            error = manifest["error"]
            error |= {key: mask(error[key]) for key in ("message", "details")}
            reader = {"language": job["language"], "zone": job["zone"]}
            write_failed(folder, manifest, out=self._out, **reader)
        with alone(self._out):
            placed = place(folder, self._out, manifest)
        self._placed = self._out / name / placed["run"]
        message = told["error"]["message"] if status is Status.FAILED else ""
        kind = kind_of_stop(told["error"]) if status is Status.FAILED else None
        self._tell(name, status, message, order=placed["order"], kind=kind)
        page = "failed.html" if status is Status.FAILED else "report.html"
        good = last_good(self._own.get(name, []))
        return Outcome(
            name,
            status,
            message or told["headline"],
            self._out / name / placed["run"] / page,
            seconds,
            told["error"]["cause"] if status is Status.FAILED else "",
            [Message("cli.why_asked")] if self._force else explain(good, manifest),
            trouble=told.get("pdf_error", ""),
            kind=kind,
            language=job["language"],
            doubts=doubts_of(told),
        )

    def _tell(self, name: str, status: Status, message: str, **more: Any) -> None:
        """Write the report's state."""
        now = write_moment(datetime.now(UTC))
        good = status in (Status.PUBLISHED, Status.UNCHANGED)
        stale = None if good else self._states.get(name, {}).get("stale_since") or now
        state = {"status": status, "message": message, "time": now, "stale_since": stale}
        newest = max((each["order"] for each in self._own.get(name, ())), default=None)
        self._states[name] = {"since": None, "order": newest, **state, **more}
        write_state(self._out, name, self._states[name])


def _language(report: Ready) -> str:
    return str(report.checked.values.get("language", "en"))
