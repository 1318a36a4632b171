"""Published runs -> `latest` beside each report, and the index of all."""

from __future__ import annotations

import contextlib
import functools
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from cxlib.report.about import chosen
from cxlib.report.headline import bounds, interval, label, trend, value
from cxlib.report.history import Report, Run, Standing, one_line, read_reports
from cxlib.report.look_records import looks_are_lost
from cxlib.report.pages import load_script, load_template, part, render
from cxlib.report.pdf import FILE
from cxlib.report.publish import alone, write_whole
from cxlib.report.scripts import language_of
from cxlib.report.values import as_given
from cxlib.report.when import in_zone
from cxlib.shown.language import text, word

_NEWEST = 20  # earlier runs of which the history says more than the time
_GLANCE = 240  # letters of a sentence in the history; its own page has the rest
_MOST = 1_000  # letters of the newest sentence
_DOUBTS = 5  # of a report; its own page has the rest
_LONG = 30  # letters that a line of the index surely holds


def write_index(out: Path, *, language: str = "", zone: str = "") -> Path:
    """Write `index.html`, and `latest` for each report; links are relative, so that it opens from
    the file system.

    Parameters
    ----------
    out : Path
        Folder of the published reports.
    language : str
        Of the index where its reports have several; by default that of most of them.
    zone : str
        Time zone in which it says when; empty for UTC.

    Returns
    -------
    Path
        Of the index; each report's line is in the language of that report.
    """
    out.mkdir(parents=True, exist_ok=True)
    with alone(out):
        reports = read_reports(out)
        language = _language(reports, language)
        entries = [_line_of(out, report, language, zone) for report in sorted(reports, key=_order)]
        for report in reports:
            _point_to_good(out / report.name / "latest", report)
        script, digest = load_script("filter.js.j2")
        page = render(
            "site.html.j2",
            language=language,
            earlier=_earlier(out / "index.html"),
            title=text("report.index_title", language),
            reports=entries,
            counts=_counts(reports),
            script=script,
            script_source=f"'sha256-{digest}'",
        )
        write_whole(out / "index.html", page)
    return out / "index.html"


def prepare() -> None:
    """Load what the first index of a process loads: templates, and how dates are written."""
    for name in ("site.html.j2", "entry.html.j2"):
        load_template(name)
    text("report.moment", "en", time=datetime.now(UTC))


def _earlier(path: Path) -> str:
    """Return the index as it stands; nothing where it cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        return path.read_text(encoding="utf-8")
    return ""


def _point_to_good(path: Path, report: Report) -> None:
    """Write which run is the newest good one; what another made a folder is left to them."""
    if report.good is None or _is_folder(path):
        return
    wanted = report.good.run + "\n"
    with contextlib.suppress(OSError, ValueError):
        if path.read_text(encoding="utf-8") == wanted:
            return
    write_whole(path, wanted)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _order(report: Report) -> tuple[str, str, str]:
    """By notebook, as it is numbered; what never ran comes last."""
    notebook = Path(report.runs[0].notebook).name if report.runs else "\uffff"
    return notebook, report.name.casefold(), report.name


def _language(reports: Iterable[Report], asked: str) -> str:
    """Return the language that all reports have, else the one that was asked for, else that of
    most of them."""
    said = Counter(report.language for report in reports if report.language)
    most = max(said, key=lambda name: said[name], default=asked or "en")
    return asked if asked and len(said) > 1 else most


def _counts(reports: Sequence[Report]) -> dict[str, int]:
    bad = sum(report.standing.bad for report in reports)
    left = sum(report.standing is Standing.LEFT_OUT for report in reports)
    return {"good": len(reports) - bad - left, "bad": bad, "left": left}


def _line_of(out: Path, report: Report, language: str, zone: str) -> str:
    folder = out / report.name
    latest_is_folder = _is_folder(folder / "latest")
    own = report.language or language
    lost = looks_are_lost(folder)
    return _entry(report, latest_is_folder, lost, _Reader(own, zone), language)


class _Reader(NamedTuple):
    """In whose language and time zone a report's line is written."""

    language: str
    zone: str

    def clock(self, time: datetime | None) -> datetime | None:
        return time and in_zone(time, self.zone)


@functools.lru_cache(maxsize=1_000)
def _entry(
    report: Report, latest_is_folder: bool, looks_lost: bool, reader: _Reader, site_language: str
) -> str:
    """Return the line of a report: of those that are as they were, the line of the last index."""
    values = _values(report, reader)
    troubles = {"latest_is_folder": latest_is_folder, "looks_lost": looks_lost}
    shown = {**values, **troubles}
    return part(
        "entry.html.j2", language=reader.language, site_language=site_language, report=shown
    )


def _values(report: Report, reader: _Reader) -> dict[str, Any]:
    """Return what the page says of a report; names and words are inert."""
    good, standing, language = report.good, report.standing, reader.language
    failed = report.failed if standing is Standing.FAILED else None
    name, title = one_line(report.name), (good.title if good else "")
    since = (report.state and report.state.since) or (good.started if good else None)
    said = word(standing, language, since=reader.clock(since))
    return {
        "name": name,
        "folder": _address(report.name),
        "title": title,
        "language": language_of(title),
        "good": good and _line(report, good, reader),
        "pdf": f"{_address(report.name)}/{_address(good.run)}/{FILE}" if good and good.pdf else "",
        "standing": standing.value,
        "said": said,
        "bad": standing.bad,
        "find": " ".join((name, title, said)),
        "message": report.message,
        "kind": word(report.kind, language),
        "glance": _glance(report.message),
        "page": failed and _link(report, failed),
        "tried": reader.clock(failed.started if failed else report.tried),
        "stale_since": reader.clock(report.stale_since) if good and not standing.current else None,
        "figure": _figure(good, language),
        "trend": good and trend(report.runs, language),
        "long": len(title) + len(name) > _LONG,
        "unread": len(report.unread),
        **_history(report, good, failed, reader),
    }


def _figure(good: Run | None, language: str) -> dict[str, str] | None:
    found = good and good.figure
    if not found:
        return None
    return {
        "value": value(found, language),
        "interval": interval(found, language),
        "bounds": bounds(found, language),
        "label": label(found, language),
    }


def _history(
    report: Report, good: Run | None, failed: Run | None, reader: _Reader
) -> dict[str, list[dict[str, Any]]]:
    """Return the earlier runs: of the newest what they found, of the rest when they were."""
    older = [run for run in report.runs if run is not good and run is not failed]
    return {
        "newest": [_line(report, run, reader) for run in older[:_NEWEST]],
        "rest": [_short(report, run, reader) for run in older[_NEWEST:]],
    }


def _short(report: Report, run: Run, reader: _Reader) -> dict[str, Any]:
    return {
        "link": _link(report, run),
        "time": in_zone(run.started, reader.zone),
        "moment": _moment(run.started.replace(second=0, microsecond=0), *reader),
        "published": run.published,
    }


def _line(report: Report, run: Run, reader: _Reader) -> dict[str, Any]:
    words = run.headline if run.published else run.message
    return {
        **_short(report, run, reader),
        "words": _glance(words, _MOST),
        "glance": _glance(words),
        "given": _given(run),
        "chosen": _glance(one_line(chosen(run.given, reader.language))),
        "value": value(run.figure, reader.language) if run.figure else "",
        "doubts": [_glance(doubt, _MOST) for doubt in run.doubts[:_DOUBTS]],
    }


def _glance(words: str, letters: int = _GLANCE) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1]}…"


@functools.lru_cache(maxsize=20_000)
def _moment(time: datetime, language: str, zone: str) -> str:
    return text("report.moment", language, time=in_zone(time, zone))


def _link(report: Report, run: Run) -> str:
    return f"{_address(report.name)}/{_address(run.run)}/{run.page}"


def _address(name: str) -> str:
    """Return a folder's name as a part of an address: 顧客, %, #, ? and blanks are its bytes."""
    return quote(os.fsencode(name), safe="")


def _given(run: Run) -> dict[str, str]:
    """Return the parameters that were given, in words; of a mapping the names that have a value."""
    named = {
        name: {key: item for key, item in value.items() if item is not None}
        if isinstance(value, dict)
        else value
        for name, value in run.given.items()
    }
    return {one_line(name): _glance(one_line(as_given(value))) for name, value in named.items()}
