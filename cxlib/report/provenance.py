"""What goes into a run -> its identity: hashes of inputs and sources, versions, commit, and the
command that repeats it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata, util
from pathlib import Path
from typing import Any

import cxlib
from cxlib.errors import SourceError
from cxlib.report.copies import installed
from cxlib.report.notebook import Notebook
from cxlib.report.plan import Planned, report_name
from cxlib.report.values import as_json
from cxlib.sources.database_files import is_view, rows_of_view
from cxlib.sources.table_names import files_of, is_named, server_table, table_of

_LIBRARIES = (
    "duckdb",
    "ibis-framework",
    "matplotlib",
    "numpy",
    "pandas",
    "papermill",
    "pingouin",
    "scipy",
    "statsmodels",
)


def inputs(paths: Mapping[str, Path], *, root: Path) -> list[dict[str, Any]]:
    """Return a record for each file or folder: parameter, path relative to `root`, bytes, number of
    files, sha256.

    The sha256 of a folder is that of its files' names and sha256, of a database with a log beside
    it that of both, and of a view of a database that of its rows. A table of a server has none
    before it is read (see `with_tables`).
    """
    records: list[dict[str, Any]] = []
    for parameter, path in paths.items():
        if server_table(path):
            records.append({"parameter": parameter, "path": relative(path, root), "sha256": ""})
            continue
        files, table = _files(path), table_of(path)
        if table and is_view(table):
            whole = _digest(rows_of_view(table))
        elif path.is_dir():
            whole = _digest({item.relative_to(path).as_posix(): _sha256(item) for item in files})
        else:
            hashes = [_sha256(item) for item in files]
            whole = hashes[0] if len(hashes) == 1 else _digest(hashes)
        records.append(
            {
                "parameter": parameter,
                "path": relative(path, root),
                "bytes": sum(f.stat().st_size for f in files),
                "files": len(files),
                "sha256": whole,
            }
        )
    return records


def with_tables(
    records: list[dict[str, Any]], tables: Mapping[str, Any], *, run: str
) -> list[dict[str, Any]]:
    """Return the records with what the kernel told of tables of servers. Nobody knows whether their
    rows are those of another run: an edited value leaves number and newest moment alone."""
    return [
        each
        | (
            {"table": tables[each["parameter"]], "sha256": _digest([tables, run])}
            if each["parameter"] in tables
            else {}
        )
        for each in records
    ]


def _files(path: Path) -> list[Path]:
    """Return a file, those of a table of a database, or the files of a folder; what is hidden
    (`.DS_Store`) is no part of it."""
    if not path.is_dir():
        return files_of(path)
    found = (item for item in path.rglob("*") if item.is_file())
    return sorted(
        item
        for item in found
        if not any(part.startswith(".") for part in item.relative_to(path).parts)
    )


def relative(path: Path, root: Path) -> str:
    """Return the path seen from the project, so that no home folder is named; a table of a
    connection as it is."""
    if is_named(path):
        return path.as_posix()
    try:
        return Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive of Windows
        return path.name


def seen_from(root: Path, name: str, value: Any, paths: Mapping[str, Path]) -> Any:
    """Return a parameter's value, in which paths are as they are seen from the project."""
    if name in paths:
        return relative(paths[name], root)
    listed = [path for key, path in paths.items() if key.startswith(f"{name}.")]
    return [relative(path, root) for path in listed] if listed else value


@dataclass(frozen=True, slots=True)
class Seen:
    """Files at one moment: what `inputs` tells of them, and when each was written, by its path."""

    records: list[dict[str, Any]]
    written: dict[Path, tuple[Any, ...]]


def look_at(paths: Mapping[str, Path], *, root: Path, beside: Iterable[Path] = ()) -> Seen:
    """Look at the files that a report is made of, by parameter, and at others beside them.

    Raises
    ------
    SourceError
        If one is not there any more, or cannot be read.
    """
    try:
        every = [item for path in (*paths.values(), *beside) for item in _files(path)]
        written = {item: _stamp(item) for item in every}
        records = inputs(paths, root=root)
    except OSError as error:
        name = Path(str(error.filename)).name
        raise SourceError(
            f"{name} cannot be read any more ({error.strerror}); put it back and run again"
        ) from None
    return Seen(records, written)


def _stamp(path: Path) -> tuple[Any, ...]:
    """Return when a file was written, and which one it is; also of the link that leads there. The
    time of change cannot be set back as that of writing can."""
    told = [(it.st_mtime_ns, it.st_ctime_ns, it.st_size, it.st_ino) for it in (path.stat(),)]
    link = path.lstat()
    return (*told, link.st_ctime_ns, link.st_ino, str(path.resolve()))


def rewritten(before: Seen, after: Seen, own: Mapping[Path, str] | None = None) -> list[str]:
    """Return the names of files that were written in between, also where what they hold is the
    same: it may have been something else for a while.

    A file that the report wrote itself, and that still holds what it wrote (`own`: path to
    SHA-256), was read before.
    """
    paths = {**before.written, **after.written}
    changed = [path for path in paths if before.written.get(path) != after.written.get(path)]
    written = {path.resolve(): digest for path, digest in (own or {}).items()}
    ours = [path for path in changed if _holds(path, written.get(path.resolve()))]
    names = [path.name for path in changed if path not in ours]
    if ours:  # the hash of a folder in which it lies is another one too
        return list(dict.fromkeys(names))
    hashes = [{it["path"]: it["sha256"] for it in seen.records} for seen in (before, after)]
    names += [Path(path).name for path in hashes[0] if hashes[0][path] != hashes[1].get(path)]
    return list(dict.fromkeys(names))


def _holds(path: Path, digest: str | None) -> bool:
    return digest is not None and path.is_file() and _sha256(path) == digest


def key(
    notebook: Notebook,
    values: Mapping[str, Any],
    records: list[dict[str, Any]],
    *,
    folder: Path | None = None,
    day: str | None = None,
) -> dict[str, Any]:
    """Return hashes of all that a report is made of, part by part; where all are equal, it would be
    the same report.

    Parameters
    ----------
    notebook : Notebook
    values : mapping
        All parameters. `looks` is no part: it says how often the same was looked at.
    records : list of dict
        The files that parameters name, as `inputs` tells of them.
    folder : Path, optional
        Where the notebook lies: modules beside it are part of its code.
    day : str, optional
        The day, where the report depends on it.
    """
    code = [[cell.source, cell.tags] for cell in notebook.cells if cell.kind == "code"]
    prose = [[cell.kind, "" if cell.kind == "code" else cell.source] for cell in notebook.cells]
    return {
        "code": _digest([code, notebook.kernel, _beside(folder)]),
        "prose": _digest(prose),
        "parameters": _digest({name: value for name, value in values.items() if name != "looks"}),
        "day": day,
        "inputs": {record["parameter"]: record["sha256"] for record in records},
        "versions": _digest(
            [suite(), installed(), sys.version, os.environ.get("MATPLOTLIBRC", "")]
        ),
        "fonts": _fonts(),
    }


def _beside(folder: Path | None) -> dict[str, str]:
    """Return the hashes of what a notebook takes from its folder without naming it."""
    if folder is None:
        return {}
    files = sorted([*folder.glob("*.py"), *folder.glob("matplotlibrc")])
    return {item.name: _sha256(item) for item in files if item.is_file()}


def changed(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[str]:
    """Return which parts of a key are not what they were: `code`, `prose`, `parameters`, `day`,
    `versions`, `fonts`, or a file as `inputs.survey`."""
    known = before if isinstance(before, dict) else {}
    was, are = ({**it, **_flat(it.get("inputs"))} for it in (known, now))
    parts = [part for part in (*was, *are) if part != "inputs"]
    return sorted({part for part in parts if was.get(part) != are.get(part)})


def _flat(files: Any) -> dict[str, Any]:
    found = files if isinstance(files, dict) else {}
    return {f"inputs.{parameter}": value for parameter, value in found.items()}


def run_id(started: datetime, key: Mapping[str, Any]) -> str:
    """Return UTC time and the first letters of the hash of what goes in."""
    return f"{started:%Y%m%dT%H%M%SZ}-{_digest(key)[:8]}"


def versions() -> dict[str, str]:
    """Return the versions of Python, cxlib and the libraries whose figures a report shows."""
    found = {"python": platform.python_version(), "cxlib": cxlib.__version__}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit(folder: Path) -> str | None:
    """Return the git commit of the folder, with `-dirty` where files were changed since; None
    without git."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=folder,
            timeout=10,
            capture_output=True,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.strip() or None if told.returncode == 0 else None


def command(planned: Planned, given: Mapping[str, Any], paths: Mapping[str, Path]) -> str:
    """Return the command that makes the report again, run from the project's folder."""
    words = ["cx", "run", relative(planned.notebook, planned.root)]
    if planned.name != report_name(planned.notebook):
        words += ["--name", planned.name]
    asked = {"--pdf": planned.pdf, "--single-file": planned.single_file}
    words += [option for option, wanted in asked.items() if wanted]
    for name, value in given.items():
        written = _written(seen_from(planned.root, name, value, paths))
        words += ["-p", f"{name}={written}"]
    return shlex.join(words)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)


def _sha256(path: Path) -> str:
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SourceError(
                f"{path.name} is no file but a pipe or a device, which may never end; put a file "
                "there and run again"
            )
        return hashlib.file_digest(file, "sha256").hexdigest()


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe waits for its writer


def _digest(content: Any) -> str:
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()


@functools.cache
def _fonts() -> str:
    """Return the hash of the font that pages and figures bring along; others come with packages."""
    found = util.find_spec("noto_cjk_sans_jp_regular")
    folder = Path(str(found.origin)).parent if found else None
    return _digest({item.name: item.stat().st_size for item in _files(folder)} if folder else {})


@functools.cache
def suite() -> str:
    """Return the hash of this cxlib's own code, texts and looks."""
    folder = Path(cxlib.__file__).parent
    files = sorted(
        path for path in folder.rglob("*") if path.suffix in {".py", ".toml", ".j2", ".css"}
    )
    return _digest({path.relative_to(folder).as_posix(): _sha256(path) for path in files})
