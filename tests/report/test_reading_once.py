"""Rows are read once a run, in the kernel: every opening of the file is counted, in all
processes."""

import subprocess
import sys
from collections import defaultdict

import pytest

from tests.conftest import watching
from tests.report.writing import code, project, text, write

READ = """import cxlib as cx
from pathlib import Path
answers = cx.sources.read_survey(Path(survey).resolve())
cx.finding(f"{len(answers.frame)} answers")"""


def by_process(log, watched):
    """Return the modules that opened a file, by process."""
    found = defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        process, module, path = line.split(" ", 2)
        if path == str(watched):
            found[process].append(module)
    return list(found.values())


def once(log, watched, *, reports):
    """Fail where anything but the kernel of each report reads the rows, or one of them twice."""
    opened = by_process(log, watched)
    kernels = [modules for modules in opened if "cxlib.sources.decoding" in modules]
    assert len(kernels) == reports
    for modules in kernels:
        # `tables` looks at the first bytes; `decoding` takes all of them
        assert [name for name in modules if name != "cxlib.sources.tables"] == [
            "cxlib.sources.decoding"
        ]
    # whether it opens, its hash, its header; the hash again as the report starts, and as it ends
    others = [set(modules) for modules in opened if modules not in kernels]
    looking = {"cxlib.report.columns", "cxlib.report.provenance"}
    assert any(looking <= modules for modules in others)
    assert {"cxlib.report.provenance"} in others
    assert set().union(*others) <= looking | {"cxlib.sources.tables"}


def test_rows_are_read_once_and_in_the_kernel(tmp_path):
    root = project(tmp_path)
    cells = [
        text("# Once"),
        code('survey = "../data/survey.csv"\nwave = None', "parameters"),
        code(READ),
    ]
    write(root / "notebooks" / "09_once.ipynb", cells, model="tests.report.models:Parameters")
    log = tmp_path / "opened.log"
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
    ran = subprocess.run(
        [*command, "notebooks/09_once.ipynb", "--out", "out"],
        cwd=root,
        env=watching(root / "data", log),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    once(log, root / "data" / "survey.csv", reports=1)


@pytest.mark.notebook
@pytest.mark.parametrize(("watched", "reports"), [("responses.csv", 3), ("subscriptions.csv", 1)])
def test_a_study_reads_its_rows_once(sample_reports, sample, watched, reports):
    once(sample_reports.parent / "opened.log", sample / watched, reports=reports)
