"""A folder of reports with history, a way to break what runs there, and a look at what is left."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cxlib import report
from cxlib.report.site import write_index
from tests.conftest import ROOT
from tests.report.writing import code, made_ready, text, write

LIGHT = Path(__file__).parent / "light"
PATIENCE = 120.0  # seconds that anything may take on a busy machine
MODEL = "tests.report.models:Acting"
SUITE = "reports: [{notebook: notebooks/01_one.ipynb}, {notebook: notebooks/02_two.ipynb}]\n"


def history(root: Path) -> Path:
    """Make a project with two reports, each with two whole runs."""
    for folder in ("data", "reports"):
        (root / folder).mkdir(parents=True)
    (root / "data" / "survey.csv").write_text("wave,score\n2026Q3,9\n", encoding="utf-8")
    (root / "reports" / "suite.yml").write_text(SUITE, encoding="utf-8")
    names = ("01_one.ipynb", "02_two.ipynb")
    for name in names:
        cells = [
            text("# Who answers?"),
            code('survey = "../data/survey.csv"\nact = "pass"', "parameters"),
            code("import cxlib as cx\ncx.finding(open(survey).read()[11:17])"),
            code("exec(act)"),
        ]
        write(root / "notebooks" / name, cells, model=MODEL)
    for _ in range(2):
        ready = [made_ready(root, name) for name in names]
        done = report.run(ready, out=root / "reports" / "published", force=True)
        assert [each.status for each in done] == ["published"] * 2, done
    return root


class Box:
    """A copy of the project in which one thing is broken.

    Kernels are copied from a process that loads only what these notebooks need, or, where it is
    `whole`, from one that has loaded everything.
    """

    def __init__(self, made: Path, folder: Path, *, whole: bool = False) -> None:
        self.whole = whole
        self.root = folder / "project"
        shutil.copytree(made, self.root)
        self.out = self.root / "reports" / "published"
        self.mark = f"CX_FAULT_{uuid.uuid4().hex}"
        self.temporary = Path(tempfile.mkdtemp(prefix="f-"))  # short: sockets lie there
        self._killed = False
        self._before = self._hashes()

    def start(self, *arguments: object, **more: object) -> subprocess.Popen[str]:
        """Start `cx run`; all that it starts is known by its environment."""
        environment = {**os.environ, self.mark: "1", "TMPDIR": str(self.temporary)}
        path = [ROOT] if self.whole else [LIGHT, ROOT]
        environment |= {"PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "200"}
        environment |= more.pop("env", {})
        given = arguments or ("reports/suite.yml", "--force")
        return subprocess.Popen(
            [
                *(sys.executable, "-c", "from cxlib.cli import main; main()", "run"),
                *(*map(str, given), "--out", "reports/published"),
            ],
            cwd=self.root,
            env=environment,
            **{
                "stdout": subprocess.PIPE,
                "stderr": subprocess.STDOUT,
                "stdin": subprocess.DEVNULL,
                "encoding": "utf-8",
                "start_new_session": True,
                **more,
            },
        )

    def run(self, *arguments: object, **more: object) -> tuple[int, str]:
        """Return the exit status of `cx run` and what it said."""
        return ended(self.start(*arguments, **more))

    def suite(self, **reports: dict[str, object]) -> Path:
        """Write a suite of reports by name, each with its parameters, history, notebook and file;
        return its path."""
        entries = []
        for name, given in reports.items():
            survey = self.root / "data" / f"survey_{name}.csv"
            shutil.copy(self.root / "data" / "survey.csv", survey)
            notebook = self.root / "notebooks" / f"{name}.ipynb"
            shutil.copy(self.root / "notebooks" / "01_one.ipynb", notebook)
            if not (self.out / name).exists():
                shutil.copytree(self.out / "one", self.out / name)
            parameters = {"survey": f"data/{survey.name}", **given}
            entries.append(
                {"name": name, "notebook": f"notebooks/{name}.ipynb", "parameters": parameters}
            )
        write_index(self.out)
        self._before = self._hashes()
        path = self.root / "reports" / "faults.yml"
        path.write_text(json.dumps({"reports": entries}), encoding="utf-8")
        return path

    def until(self, seen: str | Callable[[], bool], process: Any = None) -> None:
        """Wait until a process says something, or something is so."""
        if isinstance(seen, str):
            assert any(seen in line for line in process.stdout), f"{seen!r} was never said"
            return
        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end
            time.sleep(0.05)

    def manifests(self, name: str) -> list[Path]:
        """Return the manifests of a report."""
        return sorted(self.out.glob(f"{name}/*/manifest.json"))

    def processes(self) -> dict[int, str]:
        """Return what still runs of all that was started here."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                if (
                    folder.name.isdigit()
                    and self.mark.encode() in (folder / "environ").read_bytes()
                ):
                    said = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = said
            except OSError:
                continue
        return found

    def look(self, *, orderly: bool = True, lost: int = 0) -> None:
        """Fail where a report was lost, the index is wrong, or something was left behind.

        `lost` is how many runs may be whole and in no index yet.
        """
        self._killed = self._killed or not orderly  # in the moment of writing, perhaps
        end = time.monotonic() + PATIENCE / 4
        while running := self.processes():
            assert time.monotonic() < end, f"still there: {running}"
            time.sleep(0.1)
        assert self._before.items() <= self._hashes().items(), "an earlier run was changed"
        whole, failed = set(), set()
        for manifest in self.out.glob("[!.]*/*/manifest.json"):
            told = json.loads(manifest.read_text(encoding="utf-8"))
            page = "report.html" if told["status"] == "published" else "failed.html"
            content = (manifest.parent / page).read_text(encoding="utf-8")
            assert content.rstrip().endswith("</html>"), f"half a page: {manifest.parent}"
            (whole if page == "report.html" else failed).add(f"{_place(manifest.parent)}/{page}")
        folders = {_place(item) for item in self.out.glob("[!.]*/*") if item.is_dir()}
        assert folders - {_place(item) for item in self._odd} == {
            Path(each).parent.as_posix() for each in whole | failed
        }, "a folder is no run"
        index = (self.out / "index.html").read_text(encoding="utf-8")
        assert index.rstrip().endswith("</html>")
        named = set(re.findall(r'href="([^"#]+?\.html)"', index))
        assert all((self.out / each).is_file() for each in named)
        assert len(whole - named) <= lost, f"in no index: {whole - named}"
        if orderly:
            assert not list(self.temporary.glob("cx-*")), "temporary folders are left"
            assert not list(self.out.glob(".staging/*")), "staged files are left"
            half = [item for item in self.out.rglob(".*-*") if item.is_file()]
            assert len(half) <= self._killed, f"half-written files are left: {half}"

    def again(self, *arguments: object) -> None:
        """Fail where the next run does not succeed, or leaves something behind."""
        status, said = self.run(*(arguments or ("reports/suite.yml",)))
        assert status == 0, said
        shutil.rmtree(self.temporary)  # a killed run may have left something there
        self.temporary.mkdir()
        self.look()

    def close(self) -> None:
        """Remove what lies outside of the test's folder."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.temporary, ignore_errors=True)

    def newest(self, name: str) -> dict[str, object]:
        """Return the manifest of the newest run as it was published."""
        manifests = [json.loads(path.read_text(encoding="utf-8")) for path in self.manifests(name)]
        return max(manifests, key=lambda told: told["order"])

    def state(self, name: str) -> dict[str, object]:
        """Return what became of a report the last time."""
        return json.loads((self.out / name / "state.json").read_text(encoding="utf-8"))

    @property
    def _odd(self) -> list[Path]:
        """Folders that a test has put where files belong."""
        names = ("latest", "state.json")
        return [item for name in names for item in self.out.glob(f"*/{name}") if item.is_dir()]

    def _hashes(self) -> dict[str, str]:
        return {
            item.relative_to(self.out).as_posix(): hashlib.sha256(item.read_bytes()).hexdigest()
            for item in self.out.glob("*/*/*")
            if item.is_file()
        }


@contextlib.contextmanager
def mounted(folder: Path, *, size: int) -> Iterator[Callable[[], int]]:
    """Put what is in a folder on a small file system of its own; give what tells its free bytes."""
    kept = folder.with_name(f"{folder.name}-kept")
    folder.rename(kept)
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield lambda: os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a process; return its exit status and what it said."""
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode, said or ""


def _place(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"
