"""`cx run` on hostile words and on secrets: the bytes on a terminal, and every byte it wrote."""

import os
import pty
import re
import subprocess
import sys

import pytest

from cxlib.inert import visible
from cxlib.secret_forms import forms, masked_forms
from tests.conftest import ROOT
from tests.hostile import PAYLOADS, SURROGATE
from tests.report.breaking import LIGHT
from tests.report.writing import code, text, write

pytestmark = pytest.mark.notebook

SECRET = "hunter2" + "Zq9&<é>'\""
SHOWS = """import cxlib as cx
for word in words:
    print(word)
cx.finding(*words)"""


def cx(*arguments, folder, **environment):
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", *arguments]
    path = os.pathsep.join(map(str, (LIGHT, ROOT)))
    about = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", **environment}
    return command, {"cwd": folder, "env": about}


def run(*arguments, folder, **environment):
    command, about = cx(*arguments, folder=folder, **environment)
    return subprocess.run(command, capture_output=True, check=False, **about)


def on_a_terminal(*arguments, folder):
    """Return the bytes that a terminal gets."""
    command, about = cx(*arguments, folder=folder, TERM="xterm-256color")
    mine, its = pty.openpty()
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, **about)
    os.close(its)
    said = b""
    while True:
        try:
            piece = os.read(mine, 65_536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(mine)
    process.wait()
    return said


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    (root / "reports").mkdir()
    words = list(PAYLOADS.values())
    shows = [text("# Words"), code(f"words = {words!r}", "parameters"), code(SHOWS)]
    write(root / "notebooks" / "01_shows.ipynb", shows)
    fails = [text("# Words"), code(f"raise ValueError({' '.join(words)!r})")]
    write(root / "notebooks" / "02_fails.ipynb", fails)
    said = "raise cx.errors.EmptyDataError('no ' + word)"
    refuses = [code("word = ''", "parameters"), code("import cxlib as cx"), code(said)]
    write(root / "notebooks" / "03_refuses.ipynb", refuses)
    return root


OWN = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")  # colours, and rich's moves of the cursor


def test_a_terminal_gets_no_escape_of_a_word(project):
    said = on_a_terminal(
        "run",
        "notebooks/01_shows.ipynb",
        "notebooks/02_fails.ipynb",
        "--out",
        "out",
        folder=project,
    )
    rest = OWN.sub(b"", said)
    assert b"done" in rest
    assert b"failed" in rest
    assert not re.findall(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", rest)
    assert b"\x1b[2J" not in said
    shown = rest.decode("utf-8").replace("\r", "")
    assert visible(shown) == shown


def test_no_byte_of_a_refusal_acts(project):
    for name, word in PAYLOADS.items():
        if "\x00" in word:
            continue  # the system takes no such argument
        ran = run(
            "run",
            "notebooks/03_refuses.ipynb",
            "-p",
            f"word={word}",
            "--name",
            word,
            folder=project,
        )
        assert ran.returncode == 2, name
        said = (ran.stdout + ran.stderr).decode("utf-8")
        assert visible(said) == said


def test_the_kernels_refusal_and_a_files_name_are_inert(project):
    ran = run("run", "notebooks/03_refuses.ipynb", "-p", f"word={PAYLOADS['link']}", folder=project)
    assert ran.returncode == 2
    assert "no ␛]8;;" in ran.stderr.decode("utf-8")
    odd = project / ("odd\x1b]0;x\x07\u202e.ipynb")
    odd.write_text("{", encoding="utf-8")
    for path in (
        str(odd),
        str(project / "none") + PAYLOADS["colour"],
        os.fsdecode(b"half\xed\xa0.ipynb"),
    ):
        ran = run("describe", path, folder=project)
        said = (ran.stdout + ran.stderr).decode("utf-8")
        assert ran.returncode == 2, said
        assert visible(said) == said
    assert visible(SURROGATE).isprintable()


def test_what_is_described_is_inert_and_no_secret(project):
    cell = f"# a\nword = {PAYLOADS['turned']!r}  # said \u202e so\ndb_password = {SECRET!r}"
    write(project / "notebooks" / "04_described.ipynb", [code(cell, "parameters")])
    ran = run("describe", "notebooks/04_described.ipynb", folder=project)
    said = (ran.stdout + ran.stderr).decode("utf-8")
    assert ran.returncode == 0, said
    assert visible(said) == said
    assert "hunter2" not in said


def told_of(folder, secret):
    """Return the files below a folder that have a secret in them, in any form."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and masked_forms(path.read_bytes().decode("utf-8", "replace"), forms([secret]), "\0").count(
            "\0"
        )
    ]


def test_of_a_secret_that_is_read_only_the_name_is_written(project):
    cells = [
        text("# Door"),
        code("password = None", "parameters"),
        code("import cxlib as cx\nopened = cx.read_secret(password)\nlen(opened)"),
    ]
    write(project / "notebooks" / "05_door.ipynb", cells)
    give = ("run", "notebooks/05_door.ipynb", "--out", "door", "-p", "password=secret://DOOR_KEY")
    ran = run(*give, folder=project, DOOR_KEY=SECRET)
    assert ran.returncode == 0, ran.stderr
    assert told_of(project / "door", SECRET) == []
    assert "hunter2" not in (ran.stdout + ran.stderr).decode("utf-8")
    [page] = (project / "door" / "door").glob("*/report.html")
    assert "secret://DOOR_KEY" in page.read_text(encoding="utf-8")
    assert str(len(SECRET)) in page.read_text(encoding="utf-8")
    ran = run(*give, folder=project)
    assert ran.returncode == 2
    assert "secret://DOOR_KEY is not there" in ran.stderr.decode("utf-8")
