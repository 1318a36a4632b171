"""What goes into a run -> its identity: hashes of inputs and sources, versions, commit, and the
command that repeats it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import shlex
import subprocess
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import cxlib
from cxlib.report.notebook import Notebook
from cxlib.report.plan import Planned, report_name
from cxlib.report.values import as_json

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

    The sha256 of a folder is that of its files' names and sha256.
    """
    records = []
    for parameter, path in paths.items():
        files = (
            sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        )
        hashes = {item.relative_to(path).as_posix(): _sha256(item) for item in files}
        whole = _digest(hashes) if path.is_dir() else hashes["."]
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


def relative(path: Path, root: Path) -> str:
    """Return the path seen from the project, so that no home folder is named."""
    try:
        return Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive of Windows
        return path.name


def run_id(
    started: datetime,
    notebook: Notebook,
    values: Mapping[str, Any],
    records: list[dict[str, Any]],
) -> str:
    """Return UTC time and the first letters of the hash of what goes in: source, parameters,
    inputs, cxlib."""
    source = [[cell.kind, cell.source] for cell in notebook.cells]
    return f"{started:%Y%m%dT%H%M%SZ}-{_digest([source, dict(values), records, _suite()])[:8]}"


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
    for name, value in given.items():
        written = relative(paths[name], planned.root) if name in paths else _written(value)
        words += ["-p", f"{name}={written}"]
    return shlex.join(words)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(content: Any) -> str:
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()


@functools.cache
def _suite() -> str:
    folder = Path(cxlib.__file__).parent
    files = sorted(
        path for path in folder.rglob("*") if path.suffix in {".py", ".toml", ".j2", ".css"}
    )
    return _digest({path.relative_to(folder).as_posix(): _sha256(path) for path in files})
