"""README and the first notebook say what works: each of their commands is run as it stands."""

import json
import os
import re
import shlex
import subprocess
import sys

import pandas as pd
import pytest

from tests.conftest import ROOT

# commands that are not run here, and why
ELSEWHERE = {
    "make reports": "sets up from nothing; the gate runs it",
    "make test": "would run this test",
    "source .venv/bin/activate": "a shell's own; the commands run in this environment",
    "python -m webbrowser reports/published/index.html": "opens a browser; the file is looked for",
}
CX = "import sys; from cxlib.cli import main; sys.argv[0] = 'cx'; main()"


def readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def start_here():
    cells = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text("utf-8"))["cells"]
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"`(cx [^`]+)`", prose)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project's folder with the files that its pages speak of, and a home with a survey."""
    root = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "reports"):
        (root / name).mkdir()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        (root / "notebooks" / path.name).write_bytes(path.read_bytes())
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    rows = pd.DataFrame(
        {
            "Q1": [10, 9, 3, 8, 7, 10, 2, 9] * 10,
            "quarter": ["2026Q1", "2026Q2"] * 40,
            "store": ["north", "north", "south", "south"] * 20,
        }
    )
    (root / "home").mkdir()
    rows.to_csv(root / "home" / "survey.csv", index=False)
    rows.to_csv(root / "data" / "raw" / "my.csv", index=False)
    return root


def test_every_command_is_known():
    commands = readme() + start_here()
    assert set(ELSEWHERE) <= set(commands), "a command is gone: take it out of the list here"
    strange = [c for c in commands if c not in ELSEWHERE and not c.startswith(("cx ", "cp ~/"))]
    assert not strange, "run it here, or say why not"
    assert sum(command.startswith("cx ") for command in commands) >= 4


@pytest.mark.parametrize("page", [readme, start_here])
def test_the_commands_of_a_page_work_one_after_the_other(project, page):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(project / "home")}
    for command in page():
        if command in ELSEWHERE:
            continue
        words = shlex.split(command.replace("~/", f"{project / 'home'}/"))
        called = [sys.executable, "-c", CX, *words[1:]] if words[0] == "cx" else words
        ran = subprocess.run(
            called, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
    assert (project / "reports" / "published" / "index.html").is_file()
