"""Sites that parts of a suite made -> one site: their runs are copied whole, and the index is
written anew.

A part comes from another machine. Of a run, only ordinary files are taken; a link is never
followed, and what is no whole run is said and left where it is.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxlib.errors import CxError, SourceError
from cxlib.report.folder_names import check_name
from cxlib.report.look_records import pruned_looks
from cxlib.report.looks import earlier_looks
from cxlib.report.publish import alone, place, runs, staging, write_whole
from cxlib.report.site import write_index

_OF_SITE = ("index.html", "latest", "state.json")  # files that are written anew
_BESIDE = re.compile(r"figures\.csv|table-\d{2,6}\.csv|report\.pdf")
_PAGES = {"published": "report.html", "failed": "failed.html"}


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the runs of the parts, each as `report/run`.

    Attributes
    ----------
    runs, there : tuple of str
        Copied, and already there.
    problems : tuple of str
        What was refused, with the part, the run and what to do.
    """

    runs: tuple[str, ...]
    there: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    folder: Path
    name: str
    manifest: dict[str, Any]

    @property
    def said(self) -> str:
        return f"{self.name}/{self.folder.name}"

    @property
    def identity(self) -> str:
        """What a run is known by, wherever it lies: all that its manifest says but its place."""
        kept = {key: value for key, value in self.manifest.items() if key not in ("order", "run")}
        return json.dumps(kept, sort_keys=True)


def collect_runs(parts: Sequence[Path], *, out: Path) -> Collected:
    """Copy the runs of sites into one site, and write its index.

    A report's runs get their order after those that are there, in the order that each part gave
    them, part by part. Collecting a part again changes nothing.

    Parameters
    ----------
    parts : sequence of Path
        Folders of published reports.
    out : Path
        The site; made where it is absent.

    Returns
    -------
    Collected

    Raises
    ------
    SourceError
        If a part is no folder of published reports, or is the site itself.
    """
    out = out.absolute()
    for part in parts:
        _refuse_part(part, out)
    copied: list[str] = []
    there: list[str] = []
    problems: list[str] = []
    with staging(out) as stage:
        for number, part in enumerate(parts):
            found, wrong = _runs_of(part)
            problems += wrong
            for name, listed in found.items():
                folder = stage / str(number) / name
                folder.mkdir(parents=True)
                new, old, refused = _take(listed, folder, out / name, part / name)
                copied += new
                there += old
                problems += refused
    write_index(out)
    return Collected(tuple(copied), tuple(there), tuple(problems))


def _refuse_part(part: Path, out: Path) -> None:
    if part.is_symlink() or not part.is_dir():
        kind = "a link, which is not followed" if part.is_symlink() else "no folder"
        raise SourceError(f"{part.as_posix()!r} is {kind}; give a folder that `cx run --out` wrote")
    here = part.resolve()
    if here == out.resolve() or out.resolve() in here.parents or here in out.resolve().parents:
        raise SourceError(
            f"{part.as_posix()!r} and --out {out.as_posix()!r} lie within one another; give --out "
            "a folder beside the parts"
        )


def _runs_of(part: Path) -> tuple[dict[str, list[_Run]], list[str]]:
    """Return the whole runs of a part by report, oldest first, and what was not taken."""
    found: dict[str, list[_Run]] = {}
    problems: list[str] = []
    for report in _entries(part):
        if report.name in _OF_SITE:
            continue
        try:
            if not _is_folder(report):
                raise SourceError("it is no folder of a report, and is not taken")
            check_name(report.name)
        except CxError as error:
            problems.append(f"{(part / report.name).as_posix()}: {error}")
            continue
        listed = found.setdefault(report.name, [])
        for run in _entries(report):
            if run.name in _OF_SITE:
                continue
            try:
                listed.append(_read_run(run, report.name))
            except CxError as error:
                problems.append(f"{run.as_posix()}: {error}")
    return {name: sorted(each, key=_age) for name, each in found.items()}, problems


def _age(run: _Run) -> tuple[int, datetime]:
    order = run.manifest.get("order")
    began = datetime.fromisoformat(run.manifest["started"])
    return (order if isinstance(order, int) else 0, began)


def _entries(folder: Path) -> Iterator[Path]:
    """Give what lies in a folder, but for what begins with a dot."""
    return (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _read_run(folder: Path, name: str) -> _Run:
    """Return a run, or refuse what is no whole one."""
    again = "run this part again, and collect it then"
    if not _is_folder(folder):
        raise SourceError("it is no folder of a run, and is not taken")
    check_name(folder.name)
    _refuse_links(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        texts = [manifest[key] for key in ("run", "name", "notebook", "started", "status")]
        began = datetime.fromisoformat(manifest["started"])
        whole = all(isinstance(each, str) for each in texts) and began.tzinfo is not None
        page = _PAGES[manifest["status"]]
        said = manifest["error"]["message"] if page == "failed.html" else manifest["headline"]
    except FileNotFoundError:
        raise SourceError(f"it has no manifest, so it is half a run; {again}") from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        kind = type(error).__name__
        raise SourceError(f"its manifest cannot be read ({kind}); {again}") from None
    if not whole or not isinstance(said, str) or manifest["name"] != name:
        raise SourceError(f"its manifest is not that of a run of {name!r}; {again}")
    check_name(manifest["run"])  # it becomes a folder of the site
    if not (folder / page).is_file():
        raise SourceError(f"it has no {page}, so it is half a run; {again}")
    if gone := [each for each in _listed(manifest) if not (folder / each).is_file()]:
        raise SourceError(f"it has no {gone[0]}, which its manifest names; {again}")
    return _Run(folder, name, manifest)


def _listed(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Give the files that a manifest says lie beside the page; runs of before name none."""
    listed = manifest.get("files")
    for each in listed if isinstance(listed, list) else ():
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not _BESIDE.fullmatch(name):
            raise SourceError("its manifest names a file that no run has; remove the run")
        yield name


def _refuse_links(folder: Path) -> None:
    for path in folder.rglob("*"):
        kind = path.lstat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise SourceError(
                f"{path.relative_to(folder).as_posix()!r} in it is a link or no ordinary file, and "
                "is not followed; remove it"
            )


def _take(
    listed: Sequence[_Run], stage: Path, target: Path, part: Path
) -> tuple[list[str], list[str], list[str]]:
    """Copy the runs of a report that are not there yet; return what was copied, what was there and
    what was refused."""
    for number, run in enumerate(listed):
        shutil.copytree(run.folder, stage / str(number), symlinks=True)
        _refuse_links(stage / str(number))  # the part may have changed since it was looked at
    name, out = target.name, target.parent
    copied: list[str] = []
    there: list[str] = []
    problems: list[str] = []
    orders: dict[Any, int] = {}
    with alone(out):
        known = {each.identity for each in _known(target)}
        for number, run in enumerate(listed):
            past = runs(out, name).get(name, [])
            if run.identity in known:
                there.append(run.said)
            elif wrong := _looks_wrong(run, past, out):
                problems.append(f"{run.folder.as_posix()}: {wrong}")
            else:
                placed = place(stage / str(number), out, {**run.manifest, "name": name})
                known.add(run.identity)
                orders[run.manifest.get("order")] = placed["order"]
                copied.append(f"{name}/{placed['run']}")
        if copied or not problems:
            _merge_state(part, target, orders, new=bool(copied))
    return copied, there, problems


def _known(target: Path) -> Iterator[_Run]:
    """Give the runs of a report that are there, by what their manifests say."""
    for path in target.glob("*/manifest.json"):
        try:
            yield _Run(path.parent, target.name, json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            continue


def _order(manifest: Mapping[str, Any]) -> int:
    order = manifest.get("order")
    return order if isinstance(order, int) else 0


def _looks_wrong(run: _Run, past: Sequence[Mapping[str, Any]], out: Path) -> str:
    """Return why a run's number of looks does not go on from those that are there; empty where it
    does, or where the number was given."""
    manifest = run.manifest
    parameters, given = manifest.get("parameters") or {}, manifest.get("given") or {}
    looks = parameters.get("looks")
    if manifest["status"] != "published" or not isinstance(looks, int) or "looks" in given:
        return ""
    pruned = pruned_looks(out, run.name)
    earlier = earlier_looks(past, notebook=manifest["notebook"], pruned=pruned)
    there = earlier.get(str(manifest.get("subject") or ""), 0)
    if looks == 1 + there:
        return ""
    return (
        f"it counts itself as look {looks:,} at {manifest.get('subject') or 'its rows'}, and the "
        f"site has {there:,} before it, so that its monitoring would be wrong; run this part again "
        "with --history and the site's folder, into a new folder, and collect that"
    )


def _merge_state(part: Path, target: Path, orders: Mapping[Any, int], *, new: bool) -> None:
    """Lay the state of a report in a part over that of the site, where the part is newer."""
    state, there = _state(part), _state(target)
    if state is None or (there is not None and not new and _time(state) <= _time(there)):
        return
    order = state.get("order")
    merged = {**state, "order": orders.get(order, order) if order is not None else None}
    failing = state.get("status") in ("failed", "refused")
    if failing and there is not None and there.get("stale_since"):
        merged["stale_since"] = there["stale_since"]  # it began there
    target.mkdir(parents=True, exist_ok=True)
    write_whole(target / "state.json", json.dumps(merged, ensure_ascii=False, indent=1) + "\n")


def _time(state: Mapping[str, Any]) -> datetime:
    time = datetime.fromisoformat(state["time"])
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _state(folder: Path) -> dict[str, Any] | None:
    path = folder / "state.json"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        state = json.loads(path.read_text(encoding="utf-8"))
        datetime.fromisoformat(state["time"])
        return state if isinstance(state.get("status"), str) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
