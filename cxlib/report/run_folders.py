"""`name`, `name@run` or a folder -> a run that was published: its manifest and its figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib import check, texts
from cxlib.errors import SourceError
from cxlib.report.figures import Figure, read_figures
from cxlib.report.publish import runs


@dataclass(frozen=True, slots=True)
class Run:
    """A published run: what its manifest says, and its figures."""

    manifest: dict[str, Any]
    figures: list[Figure]

    @property
    def language(self) -> str:
        """The language of the report; English where it names none that has texts."""
        parameters = self.manifest.get("parameters")
        named = parameters.get("language") if isinstance(parameters, dict) else None
        return named if named in texts.languages() else "en"


def find_two(words: Sequence[str], *, out: Path) -> tuple[Run, Run]:
    """Return two runs to compare, the earlier first where one word names both.

    Parameters
    ----------
    words : sequence of str
        Two runs (each a folder, `name@run`, or `name` for its latest run), or one `name` for its
        latest run and the one before it.
    out : Path
        Folder of the published reports.

    Raises
    ------
    SourceError
        If there is no such run, it is no published report, or its figures cannot be read.
    ParameterError
        If a name is none of the published reports.
    """
    if len(words) == 2:
        first, second = (_find(word, out) for word in words)
        return first, second
    [word] = words
    if "@" in word or _is_folder(word):
        raise SourceError(
            f"{word!r} is one run; name the run that it is to be compared with as well, or a "
            "report's name alone for its latest run and the one before it"
        )
    good = _published(word, out)
    if len(good) < 2:
        raise SourceError(
            f"{word!r} has been published once: there is no earlier run to compare it with; run it "
            "again, or name two runs"
        )
    return _run(out / word / good[1]), _run(out / word / good[0])


def _find(word: str, out: Path) -> Run:
    if _is_folder(word):
        return _run(Path(word))
    name, at, run = word.partition("@")
    good = _published(name, out)
    if at:
        check.one_of("run", run, good)
    return _run(out / name / (run if at else good[0]))


def _is_folder(word: str) -> bool:
    """Whether a word is a path, or names a run where the command runs beside it."""
    return len(Path(word).parts) > 1 or (Path(word) / "manifest.json").is_file()


def _published(name: str, out: Path) -> list[str]:
    """Return the runs of a report that are whole, newest first."""
    found = runs(out)
    if not found:
        raise SourceError(
            f"--out {out.as_posix()!r}: there are no published reports; make some with cx run, or "
            "give the folder where they are"
        )
    check.one_of("report", name, sorted(found))
    good = [str(each["run"]) for each in found[name] if each["status"] == "published"]
    if not good:
        raise SourceError(f"{name!r} has no run that succeeded; make it with cx run")
    return good


def _run(folder: Path) -> Run:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        published = manifest["status"] == "published"
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise SourceError(
            f"{folder.as_posix()!r} is no run: it has no manifest.json that can be read; give the "
            "folder that has report.html and manifest.json"
        ) from None
    if not published:
        raise SourceError(
            f"{folder.as_posix()!r} is a run that failed and has no figures; name one that did not"
        )
    return Run({**manifest, "run": folder.name}, read_figures(folder))
