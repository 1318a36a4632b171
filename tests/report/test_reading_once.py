"""Rows are read once a run, in the kernel: every opening of the file is counted, in all
processes."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.report.writing import code, project, text, write

# Python runs it as it starts, in `cx`, in the worker and in the kernel
WATCH = """import os, sys
def watch(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, os.PathLike)):
        return
    if os.path.abspath(os.fspath(arguments[0])) != os.environ["WATCHED"]:
        return
    frame = sys._getframe(1)
    while frame and not frame.f_globals.get("__name__", "").startswith("cxlib."):
        frame = frame.f_back
    where = frame.f_globals["__name__"] if frame else "?"
    with open(os.environ["WATCHED_LOG"], "a") as log:
        print(os.getpid(), where, file=log)
if "WATCHED" in os.environ:
    sys.addaudithook(watch)
"""
READ = """import cxlib as cx
from pathlib import Path
answers = cx.sources.read_survey(Path(survey).resolve())
cx.finding(f"{len(answers.frame)} answers")"""


def opened(root, notebook, watched, folder):
    """Run a notebook; return the modules that opened a file, by process."""
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = folder / "opened.log"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "WATCHED": str(root / watched),
        "WATCHED_LOG": str(log),
    }
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run", notebook]
    ran = subprocess.run(
        [*command, "--out", str(folder / "out")],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        process, module = line.split()
        found.setdefault(process, []).append(module)
    return list(found.values())


def test_rows_are_read_once_and_in_the_kernel(tmp_path):
    root = project(tmp_path)
    cells = [
        text("# Once"),
        code('survey = "../data/survey.csv"\nwave = None', "parameters"),
        code(READ),
    ]
    write(root / "notebooks" / "09_once.ipynb", cells, model="tests.report.models:Parameters")
    once(root, "notebooks/09_once.ipynb", "data/survey.csv", tmp_path)


def once(root, notebook, watched, folder):
    checker, worker, kernel = sorted(
        opened(root, notebook, watched, folder),
        key=lambda modules: (
            "cxlib.sources.decoding" in modules,
            modules[0].endswith("provenance"),
        ),
    )
    # `tables` looks at the first bytes; `decoding` takes all of them
    assert [module for module in kernel if module != "cxlib.sources.tables"] == [
        "cxlib.sources.decoding"
    ]
    # whether it opens, its hash, its header: nobody else reads the rows
    assert {"cxlib.report.columns", "cxlib.report.provenance"} <= set(checker)
    assert set(checker) <= {
        "cxlib.report.columns",
        "cxlib.report.provenance",
        "cxlib.sources.tables",
    }
    # as the report starts, and as it ends
    assert set(worker) == {"cxlib.report.provenance"}


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("notebook", "watched"),
    [
        ("02_bias", "data/sample/responses.csv"),
        ("03_nps", "data/sample/responses.csv"),
        ("04_retention", "data/sample/subscriptions.csv"),
    ],
)
def test_a_study_reads_its_rows_once(tmp_path, notebook, watched):
    once(ROOT, f"notebooks/{notebook}.ipynb", watched, tmp_path)
