"""Files of a run -> its place among the published reports: staged beside, then moved there
whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

_STAGING = ".staging"


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a folder beside the published reports; it is removed afterwards, and by the next run
    where this one is killed."""
    (out / _STAGING).mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with alone(out):
            _sweep(out / _STAGING)
            folder = Path(tempfile.mkdtemp(dir=out / _STAGING))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            # the lock ends with the process, however it ends
            stack.enter_context(FileLock(folder / "lock"))
        yield folder


def _sweep(stages: Path) -> None:
    """Remove folders of runs that were killed: nobody holds their locks."""
    for folder in stages.iterdir():
        with contextlib.suppress(Timeout), FileLock(folder / "lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)


def place(folder: Path, out: Path, *, name: str, run: str) -> str:
    """Move a whole run to `out/name/run` in one step and return the run's id, which gets a number
    where it is taken."""
    (out / name).mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        target = run if number == 1 else f"{run}-{number}"
        if not (out / name / target).exists():
            os.replace(folder, out / name / target)
            return target
    raise FileExistsError(f"{out / name / run} is there 999 times")


def write_whole(path: Path, content: str) -> None:
    """Write a text file so that a reader sees the old or the new one, never half of it."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}-", delete=False
    ) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write `manifest.json`."""
    written = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(written + "\n", encoding="utf-8")


def runs(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the manifests of all runs by report, newest first; what is no manifest is passed over
    (see `broken`)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in out.glob("*/*/manifest.json"):
        if manifest := _manifest(path):
            found.setdefault(path.parent.parent.name, []).append(
                {**manifest, "run": path.parent.name}
            )
    return {
        name: sorted(manifests, key=lambda manifest: manifest["started"], reverse=True)
        for name, manifests in found.items()
    }


def broken(out: Path) -> list[Path]:
    """Return the files that should be manifests and are none: a disk was full, or someone wrote
    into them."""
    return sorted(path for path in out.glob("*/*/manifest.json") if not _manifest(path))


def _manifest(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        whole = all(isinstance(manifest[key], str) for key in ("started", "status", "notebook"))
        datetime.fromisoformat(manifest["started"])
        shown = (
            manifest["error"]["message"]
            if manifest["status"] == "failed"
            else manifest["title"] + manifest["headline"]
        )
        return manifest if whole and isinstance(shown, str) else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def last_good(manifests: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the newest run that is a report."""
    return next((manifest for manifest in manifests if manifest["status"] == "published"), None)


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """Wait until no other run writes the index or makes its staging folder."""
    with FileLock(out / ".lock"):
        yield
