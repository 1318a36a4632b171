"""What git takes of a notebook: the outputs that were stored on purpose, and no others."""

import copy
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxlib.report import cleaning
from cxlib.report.cleaning import clean, stamp
from tests.conftest import ROOT

COMMITTED = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
TRANSLATED = sorted((ROOT / "notebooks").glob("[jk][ao]/[0-9]*.ipynb"))
WORDS = "顧客 Kim said: the app ate my order"
FILTER = f"{sys.executable} -I cxlib/report/cleaning.py"
PNG = "iVBORw0KGgo"


def committed(name="03_nps.ipynb"):
    return nbformat.read(ROOT / "notebooks" / name, as_version=4)


def as_jupyterlab_saves(notebook):
    """What a run in JupyterLab adds, whatever it was a run of."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.language_info = {
        "name": "python",
        "version": "3.12.1",
        "file_extension": ".py",
    }
    for number, cell in enumerate(notebook.cells):
        cell.metadata["execution"] = {"iopub.execute_input": "2026-11-27T00:00:00Z"}
        if cell.cell_type == "code":
            cell.execution_count = 40 + number
            for output in cell.outputs:
                if "data" in output:
                    output.data |= {"image/png": PNG, "text/csv": "nps\n0.123"}
                    output.metadata = {"image/png": {"width": 640}}
                if "execution_count" in output:
                    output.execution_count = 40 + number
    return notebook


@pytest.mark.parametrize(
    "path", [*COMMITTED, *TRANSLATED], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_committed_notebooks_are_as_git_takes_them(path):
    text = path.read_text(encoding="utf-8")
    assert clean(text) == text, "run tests/notebooks/refresh.py"
    assert any(cell.get("outputs") for cell in json.loads(text)["cells"]), "outputs are gone"


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_run_of_the_sample_in_jupyterlab_changes_nothing(path):
    saved = nbformat.writes(as_jupyterlab_saves(nbformat.read(path, as_version=4)))
    assert PNG in saved or path.stem == "00_start_here"
    assert clean(saved) == path.read_text(encoding="utf-8")


def test_own_parameters_take_all_outputs_with_them():
    notebook = as_jupyterlab_saves(committed())
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    cell.source = cell.source.replace("../data/sample/responses.csv", "../data/raw/mine.csv")
    notebook.cells[-1].outputs = [new_output("stream", text=WORDS)]
    cleaned = nbformat.reads(clean(nbformat.writes(notebook)), as_version=4)
    nbformat.validate(cleaned)
    assert [each.source for each in cleaned.cells] == [each.source for each in notebook.cells]
    assert not any(each.get("outputs") or each.get("execution_count") for each in cleaned.cells)


OWN_OUTPUTS = {
    "a stream": new_output("stream", text=WORDS),
    "a table": new_output("display_data", {"text/html": f"<b>{WORDS}</b>", "text/plain": WORDS}),
    "an error": new_output("error", ename="ValueError", evalue=WORDS, traceback=[WORDS]),
    "another kind": new_output("display_data", {"application/json": {"said": WORDS}}),
    "a widget": new_output("display_data", {"application/vnd.jupyter.widget-view+json": WORDS}),
    "marks": new_output("display_data", {"text/plain": "1"}, metadata={"said": WORDS}),
}


@pytest.mark.parametrize("kind", OWN_OUTPUTS)
@pytest.mark.parametrize("restored", [True, False])
def test_words_in_an_output_never_pass_even_where_the_code_was_put_back(kind, restored):
    notebook = as_jupyterlab_saves(committed())
    notebook.cells[-1].outputs = [copy.deepcopy(OWN_OUTPUTS[kind])]
    if not restored:
        notebook.cells[4].source += "\n# mine"
    notebook.metadata["widgets"] = {"state": WORDS}
    notebook.metadata["papermill"] = {"parameters": {"where": WORDS}}
    injected = new_code_cell(f"where = '{WORDS}'", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(3, injected)
    cleaned = clean(nbformat.writes(notebook))
    assert WORDS not in cleaned
    assert "app ate" not in cleaned


OUTPUTS = st.sampled_from([*OWN_OUTPUTS.values()])
CODE = st.builds(
    lambda source, outputs, n: new_code_cell(
        source, outputs=copy.deepcopy(outputs), execution_count=n
    ),
    st.text(max_size=30),
    st.lists(OUTPUTS, max_size=2),
    st.one_of(st.none(), st.integers(1, 99)),
)
CELLS = st.lists(st.one_of(CODE, st.text(max_size=30).map(new_markdown_cell)), max_size=5)


@given(CELLS, st.booleans())
def test_cleaning_again_changes_nothing_and_prose_and_code_stay(cells, stored):
    text = nbformat.writes(new_notebook(cells=cells))
    once = clean(stamp(text) if stored else text)
    assert clean(once) == once
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(once)["cells"]]
    assert sources == [(cell.cell_type, cell.source) for cell in cells]
    if not stored:
        assert WORDS not in json.dumps(json.loads(once), ensure_ascii=False).replace(
            json.dumps([source for _, source in sources], ensure_ascii=False), ""
        )


@pytest.mark.parametrize(
    "text", ["", "<<<<<<< HEAD\n{}", "[]", "{}", '{"cells": [1], "metadata": {}}', "[" * 100_000]
)
def test_what_is_no_notebook_is_left_to_git_with_a_word(text):
    with pytest.raises(ValueError, match=r".+"):
        clean(text)
    ran = subprocess.run(
        [sys.executable, "-I", cleaning.__file__],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"save it again" in ran.stderr


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A clone's folder as `make` sets it up, its first commit made."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("notebooks", "cxlib/report"):
        (tmp_path / name).mkdir(parents=True)
    for name in (".gitattributes", ".gitignore", "cxlib/report/cleaning.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for path in COMMITTED:
        shutil.copy(path, tmp_path / "notebooks")

    def git(*words):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        ran = subprocess.run(
            ["git", *who, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    git("init", "-q")
    git("config", "filter.cx-notebook.clean", FILTER)
    git("add", "-A")
    git("commit", "-qm", "first")
    return tmp_path, git


def test_git_takes_the_committed_notebooks_as_they_are(checkout):
    root, git = checkout
    for path in COMMITTED:
        assert git("show", f"HEAD:notebooks/{path.name}") == path.read_text(encoding="utf-8")
        saved = as_jupyterlab_saves(nbformat.read(path, as_version=4))
        nbformat.write(saved, root / "notebooks" / path.name)
    assert not [line for line in git("diff").splitlines() if line[:1] in "+-@"]
    git("add", "-u")  # until then git names files whose size is another, without comparing them
    assert git("status", "--porcelain") == ""


def test_git_never_holds_a_word_of_hers(checkout):
    root, git = checkout
    path = root / "notebooks" / "03_nps.ipynb"
    notebook = as_jupyterlab_saves(committed())
    notebook.cells[2].source = notebook.cells[2].source.replace("data/sample/", "data/raw/")
    notebook.cells[-1].outputs = [copy.deepcopy(OWN_OUTPUTS["a table"])]
    nbformat.write(notebook, path)
    (root / "notebooks" / "mine").mkdir()
    nbformat.write(notebook, root / "notebooks" / "mine" / "03_nps.ipynb")
    nbformat.write(notebook, root / "my own.ipynb")
    assert WORDS in path.read_text(encoding="utf-8")
    assert WORDS not in git("diff")
    git("add", "-A")
    git("commit", "-qam", "second")
    assert "mine" not in git("ls-files")
    everything = [git("cat-file", "-p", line.split()[0]) for line in _blobs(git)]
    assert len(everything) > len(COMMITTED)
    assert not [text for text in everything if "app ate" in text]
    assert WORDS in path.read_text(encoding="utf-8"), "her own file keeps its outputs"


def _blobs(git):
    listed = git("cat-file", "--batch-all-objects", "--batch-check").splitlines()
    return [line for line in listed if line.split()[1] == "blob"]


def test_git_works_where_the_filter_is_gone(checkout):
    root, git = checkout
    git("config", "filter.cx-notebook.clean", "no-such-program")
    (root / "notebooks" / "03_nps.ipynb").unlink()
    git("checkout", "-q", ".")
    (root / "new.txt").write_text("new", encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "third")


def test_make_sets_the_filter_that_is_tested_here():
    line = next(
        line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "filter." in line
    )
    assert "filter.cx-notebook.clean 'python3 -I cxlib/report/cleaning.py'" in line
    assert "required" not in line
