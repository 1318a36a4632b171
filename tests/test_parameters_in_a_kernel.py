"""Parameters in a real kernel of IPython, as JupyterLab and papermill run it."""

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

CELL = 'survey = "{survey}"\nscore = "score"\nwave_column = "wave"\nsegment = "contact_type"\n'
OWN = "\nfolder = 5\ntoday = '2026-01-31'"
READ = "import cxlib as cx\n\np = cx.nps.Parameters.of(globals())\nprint(p.segment, p.wave)"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a function that runs cells one after the other in one new kernel."""
    folder = tmp_path_factory.mktemp("kernel")

    def run(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            allow_errors=True,
        )
        client.execute()
        return [cell.outputs for cell in notebook.cells]

    return run


@pytest.fixture(scope="module")
def cell(sample):
    return CELL.format(survey=(sample / "responses.csv").as_posix())


def printed(outputs):
    return "".join(output.get("text", "") for output in outputs).strip()


def refusal(outputs):
    [error] = [output for output in outputs if output.output_type == "error"]
    return error


def test_the_cell_as_it_was_run_last_counts_and_nothing_left_behind(run, cell):
    shorter = cell.replace('segment = "contact_type"\n', "")
    misspelt = cell.replace("segment", "segmnt")
    first, left, wrong, own = run(cell, READ, shorter, READ, misspelt, READ, cell + OWN, READ)[1::2]
    assert printed(first) == "contact_type None"
    assert refusal(left).evalue.startswith("parameter 'segment': the parameters cell that was run")
    assert "did you mean 'segment'" in refusal(wrong).evalue
    assert printed(own) == "contact_type None"


def test_running_the_cell_again_mends_a_used_kernel(run, cell):
    shorter = cell.replace('segment = "contact_type"\n', "")
    outputs = run(cell, READ, shorter, READ, shorter + "segment = None\n", READ)
    assert refusal(outputs[3]).ename == "ParameterError"
    assert printed(outputs[5]) == "None None"


def test_a_refusal_shows_its_sentence_and_no_trace(run, cell):
    [_, outputs] = run(cell.replace("wave_column", "wavecolumn"), READ)
    error = refusal(outputs)
    sentence = "parameter 'wavecolumn' is unknown; did you mean 'wave_column'?"
    assert error.traceback == [sentence]
    assert error.evalue == sentence


def test_what_papermill_injects_is_laid_over_and_checked(cell, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (cell, READ)])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "P"}
    path, out = tmp_path / "a.ipynb", tmp_path / "out.ipynb"
    nbformat.write(notebook, path)
    given = {"wave": "2026Q2", "segment": None}
    done = papermill.execute_notebook(path, out, given, progress_bar=False)
    assert printed(done.cells[-1].outputs) == "None 2026Q2"
    with pytest.raises(papermill.PapermillExecutionError, match="did you mean 'segment'"):
        papermill.execute_notebook(path, out, {"segmnt": "a"}, progress_bar=False)
    with pytest.raises(papermill.PapermillExecutionError, match="'nonsense' is unknown"):
        papermill.execute_notebook(path, out, {"nonsense": 1}, progress_bar=False)
