"""Old runs of published reports -> removed, their looks remembered, the index written anew."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.report.history import Report, Run, read_reports
from cxlib.report.look_records import LOOKS, Record, looks_are_lost, settled, write_record
from cxlib.report.publish import alone, staging
from cxlib.report.site import write_index

_DAYS = {"d": 1, "w": 7}
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Pruned:
    """What becomes of one report.

    Attributes
    ----------
    name : str
        The report.
    runs : tuple of Run
        Runs that go (in a dry run: would go), newest first.
    left : int
        How many runs stay.
    problems : tuple of str
        What was left alone, and why.
    refused : bool
        Whether nothing was removed since something must be mended first.
    """

    name: str
    runs: tuple[Run, ...]
    left: int
    problems: tuple[str, ...] = ()
    refused: bool = False


def age(given: str) -> timedelta:
    """Return the span that `365d` or `52w` names.

    Raises
    ------
    ParameterError
        If it is no number of days or weeks, or more than a hundred years.
    """
    found = re.fullmatch(r"([0-9]{1,9})\s*([dw])", given.strip())
    days = int(found[1]) * _DAYS[found[2]] if found else _MOST_DAYS + 1
    if days > _MOST_DAYS:
        raise ParameterError(
            f"--older {given!r} must be a number of days or weeks, up to a hundred years: "
            "write 365d, or 52w"
        )
    return timedelta(days=days)


def prune_runs(
    out: Path,
    names: Sequence[str] = (),
    *,
    keep: int,
    older: str,
    dry_run: bool = False,
    now: datetime | None = None,
) -> list[Pruned]:
    """Remove runs that are beyond the newest `keep` of their kind and also older than `older`.

    Reports and failed runs are counted apart, so that a row of failures pushes no report out. Runs
    are counted by the order of publishing; how old one is, is told by its `started`. Never removed
    are the newest report, the run that `latest` names, a run whose manifest cannot be read, and
    what is a link to elsewhere.

    Parameters
    ----------
    out : Path
        Folder of the published reports.
    names : sequence of str
        Reports; by default all.
    keep : int
        How many runs of each kind stay, however old.
    older : str
        What is younger stays, however many there are.
    dry_run : bool
        Tell what would go, and change nothing.
    now : datetime, optional
        From when ages are counted.

    Returns
    -------
    list of Pruned
        One a report, by name.

    Raises
    ------
    SourceError
        If there is no such folder.
    ParameterError
        If a report is unknown, `keep` is not positive, or `older` is no span.

    Notes
    -----
    `looks.json` remembers what the runs looked at (see `look_records`); each is moved out of the
    published folders in one step; the index is written; then they are deleted. A kill in between
    leaves each of them whole or gone, and the next run of `cx` sweeps up.
    """
    if keep < 1:
        raise ParameterError(f"--keep {keep} must be 1 or more: the newest report always stays")
    limit = (now or datetime.now(UTC)) - age(older)
    if not out.is_dir():
        raise SourceError(
            f"--out {out.as_posix()!r}: there is no such folder; give the folder of the published "
            "reports, or run the command in the project's folder"
        )
    if dry_run:
        return [_choose(out, report, keep, limit) for report in _wanted(out, names)]
    with staging(out) as stage:
        with alone(out):
            numbers = itertools.count()
            done = [
                _remove(out, _choose(out, report, keep, limit), stage, numbers)
                for report in _wanted(out, names)
            ]
        write_index(out)
    return done  # what was moved is deleted as `staging` ends


def _wanted(out: Path, names: Sequence[str]) -> list[Report]:
    reports = {report.name: report for report in read_reports(out)}
    composed = {unicodedata.normalize("NFC", name): name for name in reports}
    found = []
    for name in names:
        known = name if name in reports else composed.get(unicodedata.normalize("NFC", name))
        if known is None:
            raise ParameterError(
                f"there is no report {name!r} in {out.as_posix()}"
                f"{check.did_you_mean(name, sorted(reports))}"
            )
        found.append(reports[known])
    return [report for report in reports.values() if report in found or not names]


def _choose(out: Path, report: Report, keep: int, limit: datetime) -> Pruned:
    folder = out / report.name
    if folder.is_symlink():
        told = f"{folder.as_posix()} is a link to another folder: its runs are left alone"
        return Pruned(report.name, (), len(report.runs), (told,))
    problems = [
        f"{(folder / run / 'manifest.json').as_posix()} cannot be read: its run is left alone; "
        "delete its folder if nobody needs it"
        for run in report.unread
    ]
    kept = {run.run for run in (report.good, report.failed) if run} | _latest(folder)
    kinds = [[run for run in report.runs if run.published is kind] for kind in (True, False)]
    old = {
        run.run
        for runs in kinds
        for run in itertools.islice(runs, keep, None)
        if run.started < limit and run.run not in kept
    }
    links = {run for run in old if (folder / run).is_symlink()}
    problems += [
        f"{(folder / run).as_posix()} is a link to another folder: it is left alone"
        for run in sorted(links)
    ]
    chosen = tuple(run for run in report.runs if run.run in old - links)
    if chosen and looks_are_lost(folder):
        told = (
            f"{(folder / LOOKS).as_posix()} cannot be read: nothing of {report.name} was pruned, "
            "since the looks of earlier pruned runs would be forgotten; restore it from a backup, "
            "or delete it and give the number of looks with -p looks=N from now on"
        )
        return Pruned(report.name, (), len(report.runs), (*problems, told), refused=True)
    return Pruned(report.name, chosen, len(report.runs) - len(chosen), tuple(problems))


def _latest(folder: Path) -> set[str]:
    """Return the run that `latest` names, if it does."""
    with contextlib.suppress(OSError, ValueError):
        return {(folder / "latest").read_text(encoding="utf-8").strip()}
    return set()


def _remove(out: Path, chosen: Pruned, stage: Path, numbers: Iterator[int]) -> Pruned:
    """Remember the looks of runs, and move these out of sight."""
    if not chosen.runs:
        return chosen
    folder = out / chosen.name
    counts = settled(folder) or Counter()
    looks = {run.run: (run.notebook, run.subject) for run in chosen.runs if run.published}
    write_record(folder, Record(counts, looks))
    for run in chosen.runs:
        os.rename(folder / run.run, stage / str(next(numbers)))
    write_record(folder, Record(counts + Counter(looks.values())))
    return chosen
