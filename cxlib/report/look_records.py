"""Looks of runs that were pruned -> `looks.json` beside a report, and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.report.publish import write_whole

LOOKS = "looks.json"
Look = tuple[str, str]  # notebook, subject


@dataclass(frozen=True, slots=True)
class Record:
    """What `looks.json` says.

    Attributes
    ----------
    counts : Counter of (str, str)
        How often a notebook looked at a subject, in runs that are gone.
    going : mapping of str to (str, str)
        Runs that were about to go when it was written. One that is still there is counted by its
        own manifest, so that no look is lost or counted twice, wherever a kill falls.
    """

    counts: Counter[Look] = field(default_factory=Counter)
    going: Mapping[str, Look] = field(default_factory=dict)


def pruned_looks(out: Path, name: str) -> dict[str, dict[str, int]]:
    """Return how often each subject was published by runs that were pruned.

    Parameters
    ----------
    out : Path
        Folder of the published reports.
    name : str
        The report.

    Returns
    -------
    dict
        By notebook and subject; a subject that nobody told is an empty text. Nothing where no run
        was pruned, or where the record cannot be read (see `looks_are_lost`).
    """
    return _by_notebook(settled(out / name) or Counter())


def looks_are_lost(folder: Path) -> bool:
    """Return whether a report has a record of pruned looks that cannot be read."""
    return _read(folder) is None


def settled(folder: Path) -> Counter[Look] | None:
    """Return the looks of all runs of a report that are gone; None where the record cannot be
    read."""
    record = _read(folder)
    if record is None:
        return None
    gone = [
        look for run, look in record.going.items() if not (folder / run / "manifest.json").exists()
    ]
    return record.counts + Counter(gone)


def write_record(folder: Path, record: Record) -> None:
    """Write `looks.json` of a report."""
    content = {"looks": _by_notebook(record.counts), "going": dict(record.going)}
    write_whole(folder / LOOKS, json.dumps(content, indent=1) + "\n")


def _read(folder: Path) -> Record | None:
    try:
        said = json.loads((folder / LOOKS).read_text(encoding="utf-8"))
        counts = Counter(
            {
                (notebook, subject): _natural(number)
                for notebook, subjects in said["looks"].items()
                for subject, number in subjects.items()
            }
        )
        going = {
            run: (str(notebook), str(subject)) for run, (notebook, subject) in said["going"].items()
        }
    except (FileNotFoundError, NotADirectoryError):
        return Record()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Record(counts, going)


def _natural(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise TypeError(f"{number!r} is no count")
    return number


def _by_notebook(counts: Counter[Look]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (notebook, subject), number in sorted(counts.items()):
        found.setdefault(notebook, {})[subject] = number
    return found
