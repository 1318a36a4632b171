"""A notebook is run in its own folder; what stopped it is told without this machine's paths."""

import nbformat
import pytest

from cxlib.report import outputs
from cxlib.report.execute import Cause, execute
from tests.report.writing import code, write


def run(path, root, values=None, **options):
    given = {"timeout": 60, "progress": lambda cell, cells: None, **options}
    notebook = nbformat.read(path, as_version=4)
    return execute(notebook, values or {}, name=path.name, folder=path.parent, root=root, **given)


def test_the_kernel_prints_the_message_alone(root):
    notebook, stopped = run(root / "notebooks" / "08_looks.ipynb", root, {"wave": "2031Q1"})
    said = "wave='2031Q1' is not one of the possible values"
    assert (stopped.message, stopped.details, stopped.refused) == (said, "", True)
    [error] = [each for each in outputs.outputs(notebook) if each.output_type == "error"]
    assert error.traceback == [said]


def test_what_stopped_it_is_told_without_this_machine(root):
    seen = []
    path = root / "notebooks" / "04_retention.ipynb"
    _, stopped = run(path, root, progress=lambda cell, cells: seen.append((cell, cells)))
    assert stopped.message == "ValueError: <b>no</b>\nnotebooks"
    assert (stopped.cell, stopped.cells, stopped.heading) == (2, 3, "2 Here")
    assert not stopped.refused
    assert "Traceback" in stopped.details
    assert str(root) not in stopped.details
    assert seen == [(1, 3), (2, 3)]


@pytest.mark.parametrize(
    "end",
    [
        "raise SystemExit",
        "raise SystemExit(0)",
        "import sys; sys.exit()",
        "exit()",
        "quit()",
        "get_ipython().ask_exit()",
        "%%capture\nraise SystemExit(0)",
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_notebook_that_ends_itself_is_no_report(tmp_path, end, after):
    path = write(tmp_path / "ends.ipynb", [code("1"), code(end)] + [code("2")] * after)
    _, stopped = run(path, tmp_path)
    assert stopped.message.startswith("The notebook ended before its last cell")
    assert stopped.cause is Cause.ERROR


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os; os._exit(7)", "The kernel ended by itself with exit status 7"),
        ("import os, signal; os.kill(os.getpid(), 9)", "The kernel was killed by SIGKILL"),
        ("import os; os.abort()", "The kernel was killed by SIGABRT"),
    ],
)
def test_how_a_kernel_died_is_told(tmp_path, source, message):
    notebook, stopped = run(
        write(tmp_path / "dies.ipynb", [code("print(1)"), code(source)]), tmp_path
    )
    assert (stopped.message, stopped.cause, stopped.cell) == (message, Cause.DEAD, 2)
    assert [each.text for each in outputs.outputs(notebook)] == ["1\n"]  # what was done is kept


def test_a_cell_that_takes_too_long_is_told_and_what_was_done_is_kept(tmp_path):
    path = write(tmp_path / "slow.ipynb", [code("print(1)"), code("while True: pass")])
    notebook, stopped = run(path, tmp_path, timeout=1)
    assert (stopped.cause, stopped.cell) == (Cause.TIME, 2)
    assert next(outputs.outputs(notebook)).text == "1\n"


def test_the_mark_behind_the_last_cell_is_not_in_the_notebook(tmp_path):
    path = write(tmp_path / "whole.ipynb", [code("a = 1"), code("a")])
    pids = []
    notebook, stopped = run(path, tmp_path, {"b": "電話"}, kernel=pids.append)
    assert stopped is None
    assert [cell.source for cell in notebook.cells][1:] == ["a = 1", "a"]
    assert 'b = "電話"' in notebook.cells[0].source
    assert len(pids) == 1


@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception"])
def test_no_tag_lets_a_notebook_off_its_last_cell(tmp_path, tag):
    source = "raise SystemExit(0)" if tag == "raises-exception" else "1"
    path = write(tmp_path / "tagged.ipynb", [code("1"), code(source, tag), code("2")])
    _, stopped = run(path, tmp_path)
    assert stopped.message.startswith("The notebook ended before its last cell")
