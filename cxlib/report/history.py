"""The folders of published reports -> what the index tells of each: its runs, newest first, and
where it stands."""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cxlib import texts
from cxlib.inert import visible
from cxlib.report.pdf import FILE
from cxlib.report.refusals import Kind, kind_of_stop, read_kind

_KEPT = 20_000  # manifests that are remembered, so that only new ones are read for an index

# of states that earlier releases wrote
_KINDS = {"refused": Kind.PARAMETER, "left_out": Kind.FEW}


class Standing(StrEnum):
    """Where a report stands: what became of the last attempt to make it."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"
    LEFT_OUT = "left_out"
    UNREADABLE = "unreadable"

    @property
    def current(self) -> bool:
        """Whether the newest good report is that of the last attempt."""
        return self in (Standing.PUBLISHED, Standing.UNCHANGED)

    @property
    def bad(self) -> bool:
        """Whether somebody has to look at it."""
        return self in (Standing.FAILED, Standing.REFUSED, Standing.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Figure:
    """The headline figure of a run; `label` says of which study, figure, segment and unit it is:
    only figures that agree in it are one line in time."""

    study: str
    name: str
    segment: str
    wave: str
    unit: str
    value: float
    low: float | None
    high: float | None
    confidence: float | None
    n: float | None
    of: str = ""  # the segment in the words of the report's language

    @property
    def label(self) -> tuple[str, str, str, str]:
        """What two figures must agree in to be compared."""
        return self.study, self.name, self.segment, self.unit


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What a manifest says of one run; words are inert and on one line. The same manifest gives the
    same object in a process, so that what was made of it need not be made again."""

    run: str
    published: bool
    notebook: str
    title: str
    headline: str
    message: str
    kind: Kind
    started: datetime
    order: int | None
    subject: str
    language: str
    given: Mapping[str, Any]
    figure: Figure | None
    pdf: bool = False  # whether one lies beside the page
    doubts: tuple[str, ...] = ()  # what stands above the headline

    @property
    def page(self) -> str:
        """The page of the run, within its folder."""
        return "report.html" if self.published else "failed.html"


@dataclass(frozen=True, slots=True)
class State:
    """What `state.json` says of the last attempt."""

    standing: Standing
    message: str
    kind: Kind
    language: str
    time: datetime | None
    stale_since: datetime | None
    since: datetime | None
    order: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its folder's name, its runs by the order of publishing, newest first, and the
    names of runs whose manifest cannot be read."""

    name: str
    runs: tuple[Run, ...] = ()
    state: State | None = None
    unread: tuple[str, ...] = ()

    @property
    def good(self) -> Run | None:
        """The newest run that is a report."""
        return next((run for run in self.runs if run.published), None)

    @property
    def failed(self) -> Run | None:
        """The newest run, where it failed."""
        return self.runs[0] if self.runs and not self.runs[0].published else None

    @property
    def standing(self) -> Standing:
        """What became of the last attempt, as `state.json` has it, or as the newest run has where
        that is newer (the runner was killed before it wrote the state)."""
        if self._told:
            return self._told.standing
        if not self.runs:
            return Standing.UNREADABLE
        return Standing.PUBLISHED if self.runs[0].published else Standing.FAILED

    @property
    def message(self) -> str:
        """Why the last attempt gave no report."""
        return (self._told and self._told.message) or (self.failed.message if self.failed else "")

    @property
    def kind(self) -> Kind:
        """Of what kind that is which the message says."""
        if self._told and self._told.message:
            return self._told.kind
        return self.failed.kind if self.failed else Kind.NOTEBOOK

    @property
    def language(self) -> str:
        """The language of the report, as its newest run or the last attempt has it; empty where
        neither says it."""
        found = (self.runs[0].language if self.runs else "", self.state and self.state.language)
        return next((name for name in found if name in texts.languages()), "")

    @property
    def tried(self) -> datetime | None:
        """When the last attempt was."""
        return (self._told and self._told.time) or (self.runs[0].started if self.runs else None)

    @property
    def stale_since(self) -> datetime | None:
        """The first attempt after the last good run; None where nothing was tried since."""
        if self._told and (self._told.stale_since or not self.standing.bad):
            return self._told.stale_since
        if not self.standing.bad or not self.good:
            return None
        later = self.runs[: self.runs.index(self.good)]
        return later[-1].started if later else self.tried

    @property
    def _told(self) -> State | None:
        """The state, unless a newer run tells otherwise; one without `order` is believed, so that
        a refusal is never hidden."""
        newest = self.runs[0].order if self.runs else None
        outdated = (
            self.state is not None
            and self.state.order is not None
            and newest is not None
            and newest > self.state.order
        )
        return None if outdated else self.state


def read_reports(out: Path) -> list[Report]:
    """Read every report's runs and state; what cannot be read is passed over, and counted.

    Parameters
    ----------
    out : Path
        Folder of the published reports.

    Returns
    -------
    list of Report
        By name; manifests that have not changed since the last call are not read again.
    """
    found = []
    for folder in _folders(out):
        runs, unread = [], []
        for entry in _folders(folder):
            if seen := _stamp(Path(entry, "manifest.json")):
                run = _run(entry.name, *seen)
                runs.append(run) if run else unread.append(entry.name)
        state = _state(Path(folder, "state.json"))
        if runs or unread or state:
            runs.sort(key=_age, reverse=True)
            found.append(Report(folder.name, tuple(runs), state, tuple(sorted(unread))))
    return sorted(found, key=lambda report: report.name)


def doubts_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands above the headline of a run; older manifests do not say it."""
    return tuple(each for each in _list(manifest.get("doubts")) if isinstance(each, str))


def one_line(words: Any) -> str:
    """Return words on one line, what hides or acts in them written out; nothing of no
    text.

    >>> one_line("up\\x1b[31m to \\n 31"), one_line(None)
    ('up␛[31m to 31', '')
    """
    return visible(" ".join(words.split()), keep="") if isinstance(words, str) else ""


def _age(run: Run) -> tuple[float, datetime, str]:
    return (-math.inf if run.order is None else run.order, run.started, run.run)


def _folders(folder: Path | os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (one for one in entries if not one.name.startswith(".") and one.is_dir())
    except OSError:
        return


def _stamp(path: Path) -> tuple[str, int, int, int] | None:
    """Return what changes when a file does; None where there is no such file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return str(path), seen.st_mtime_ns, seen.st_size, seen.st_ino


@functools.lru_cache(maxsize=_KEPT)
def _run(run: str, path: str, *stamp: int) -> Run | None:
    """Return what the index needs of a manifest; the same file is read once in a process."""
    said = _object(path)
    try:
        published = said["status"] == "published"
        error = {} if published else said["error"]
        words = [said[key] for key in ("title", "headline")] if published else [error["message"]]
        started = _moment(said["started"])
        whole = published or said["status"] == "failed"
        if not whole or not started or not all(isinstance(word, str) for word in words):
            return None
        parameters, given = (_mapping(said.get(key)) for key in ("parameters", "given"))
        return Run(
            run=run,
            published=published,
            notebook=said["notebook"] + "",  # a TypeError where it is no text
            title=one_line(said.get("title")) if published else "",
            headline=one_line(said.get("headline")) if published else "",
            message=one_line(error.get("message")),
            kind=kind_of_stop(error),
            started=started,
            order=_whole(said.get("order")),
            subject=str(said.get("subject") or ""),
            language=str(parameters.get("language") or ""),
            given=given,
            figure=figure_of(said.get("figure")),
            pdf=published and {"name": FILE} in _list(said.get("files")),
            doubts=tuple(map(one_line, doubts_of(said))) if published else (),
        )
    except (TypeError, KeyError, AttributeError, RecursionError):
        return None


def _object(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            return _mapping(json.load(file))
    except (OSError, ValueError, RecursionError):
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _moment(value: Any) -> datetime | None:
    """Return a time in UTC; one without a zone is of UTC."""
    try:
        time = datetime.fromisoformat(value)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) and not isinstance(value, bool) else None


def figure_of(value: Any) -> Figure | None:
    """Return what a manifest says of a figure; None where that has no value."""
    said = _mapping(value)
    number = _number(said.get("value"))
    if number is None:
        return None
    study, name, segment, wave, unit, of = (
        one_line(said.get(key)) for key in ("study", "figure", "segment", "wave", "unit", "of")
    )
    low, high, confidence, n = (
        _number(said.get(key)) for key in ("ci_low", "ci_high", "confidence", "n")
    )
    return Figure(study, name, segment, wave, unit, number, low, high, confidence, n, of)


def _state(path: Path) -> State | None:
    said = _object(str(path))
    status = said.get("status")
    if status not in list(Standing):
        return None
    return State(
        standing=Standing(status),
        message=one_line(said.get("message")),
        kind=read_kind(said.get("kind"), _KINDS.get(status, Kind.NOTEBOOK)),
        language=str(said.get("language") or ""),
        time=_moment(said.get("time")),
        stale_since=_moment(said.get("stale_since")),
        since=_moment(said.get("since")),
        order=_whole(said.get("order")),
    )
