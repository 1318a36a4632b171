"""Files of a run -> its place among the published reports: staged beside, then moved there
whole."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

_STAGING = ".staging"
_PATIENCE = 120.0  # seconds for another run to write an index; one that is halted never does


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a folder beside the published reports; it is removed afterwards, and by the next run
    where this one is killed."""
    (out / _STAGING).mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        sweep(out)
        with alone(out):
            folder = Path(tempfile.mkdtemp(dir=out / _STAGING))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            # the lock ends with the process, however it ends
            stack.enter_context(FileLock(folder / "lock"))
        yield folder


def sweep(out: Path) -> None:
    """Remove what runs that were killed had staged: nobody holds their locks."""
    stages = out / _STAGING
    if stages.is_dir() and any(stages.iterdir()):
        with alone(out):
            for folder in filter(Path.is_dir, stages.iterdir()):
                with contextlib.suppress(Timeout), FileLock(folder / "lock", timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)


def place(folder: Path, out: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Write the manifest of a whole run and move it to `out/name/run` in one step; the caller is
    `alone` there.

    Returns
    -------
    dict
        The manifest with its place: `run`, which gets a number where it is taken, and `order`,
        counted up in the report's folder: the clock may be wrong.
    """
    name = manifest["name"]
    (out / name).mkdir(parents=True, exist_ok=True)
    past = runs(out, name).get(name, ())
    order = 1 + max((known["order"] for known in past), default=0)
    for number in range(1, 1000):
        run = manifest["run"] if number == 1 else f"{manifest['run']}-{number}"
        if not (out / name / run).exists():
            placed = {**manifest, "run": run, "order": order}
            write_manifest(folder, placed)
            os.replace(folder, out / name / run)
            return placed
    raise FileExistsError(f"{out / name / manifest['run']} is there 999 times")


def clear(folder: Path, *, but: str) -> None:
    """Remove what lies in the folder of a run that failed, but for one file."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != but:
            path.unlink()


def write_whole(path: Path, content: str) -> None:
    """Write a text file so that a reader sees the old or the new one, never half of it."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}-", delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:  # a full disk, or a signal that ends the run
            os.unlink(file.name)
            raise


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write `manifest.json`."""
    written = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(written + "\n", encoding="utf-8")


def runs(out: Path, name: str = "*") -> dict[str, list[dict[str, Any]]]:
    """Return the manifests of all runs by report, newest first as they were published; what is no
    manifest is passed over (see `broken`).

    Runs from before there was an order come last, by their clock.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for path in _manifests(out, name):
        if manifest := _manifest(path):
            order = manifest.get("order")
            known = {"run": path.parent.name, "order": order if _is_order(order) else 0}
            found.setdefault(path.parent.parent.name, []).append(manifest | known)
    return {
        report: sorted(each, key=lambda told: (told["order"], told["started"]), reverse=True)
        for report, each in found.items()
    }


def _is_order(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _manifests(out: Path, name: str) -> Iterator[Path]:
    """Give the files that should be manifests; nothing behind a link is one."""
    folders = out.iterdir() if name == "*" else [out / name]
    for folder in folders if out.is_dir() else ():
        if folder.name.startswith(".") or folder.is_symlink() or not folder.is_dir():
            continue
        for run in folder.iterdir():
            if not run.is_symlink() and (run / "manifest.json").exists():
                yield run / "manifest.json"


def broken(out: Path) -> list[Path]:
    """Return the files that should be manifests and are none: a disk was full, or someone wrote
    into them."""
    return sorted(path for path in _manifests(out, "*") if not _manifest(path))


def _manifest(path: Path) -> dict[str, Any] | None:
    """Return a manifest, or None; what was read once is kept, since manifests do not change."""
    try:
        about = path.stat()
    except OSError:
        return None
    return _kept(path, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=100_000)
def _kept(path: Path, written: int, size: int) -> dict[str, Any] | None:
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
    with FileLock(out / ".lock", timeout=_PATIENCE):
        yield


def write_state(out: Path, name: str, state: Mapping[str, Any]) -> None:
    """Write what became of a report the last time it was asked for: `out/name/state.json`; what
    another made a folder is left to them."""
    (out / name).mkdir(parents=True, exist_ok=True)
    if (out / name / "state.json").is_dir():
        return
    write_whole(
        out / name / "state.json", json.dumps(dict(state), ensure_ascii=False, indent=1) + "\n"
    )


def states(out: Path) -> dict[str, dict[str, Any]]:
    """Return what became of each report the last time; what cannot be read is passed over."""
    found = {}
    for path in out.glob("*/state.json"):
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        texts = ("status", "message", "time")
        if isinstance(state, dict) and all(isinstance(state.get(key), str) for key in texts):
            found[path.parent.name] = state
    return found
