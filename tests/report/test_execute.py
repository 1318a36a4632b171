"""A notebook is run in its own folder; what stopped it is told without this machine's paths."""

import nbformat

from cxlib.report import outputs
from cxlib.report.execute import execute


def test_the_kernel_prints_the_message_alone(root, tmp_path):
    stopped = execute(
        root / "notebooks" / "08_looks.ipynb",
        tmp_path / "run.ipynb",
        {"wave": "2031Q1"},
        root=root,
        timeout=60,
        progress=lambda cell, cells: None,
    )
    said = "wave='2031Q1' is not one of the possible values"
    assert (stopped.message, stopped.details, stopped.refused) == (said, "", True)
    notebook = nbformat.read(tmp_path / "run.ipynb", as_version=4)
    [error] = [each for each in outputs.outputs(notebook) if each.output_type == "error"]
    assert error.traceback == [said]


def test_what_stopped_it_is_told_without_this_machine(root, tmp_path):
    seen = []
    stopped = execute(
        root / "notebooks" / "04_retention.ipynb",
        tmp_path / "run.ipynb",
        {},
        root=root,
        timeout=60,
        progress=lambda cell, cells: seen.append((cell, cells)),
    )
    assert stopped.message == "ValueError: <b>no</b>\nnotebooks"
    assert (stopped.cell, stopped.cells, stopped.heading) == (2, 3, "2 Here")
    assert not stopped.refused
    assert "Traceback" in stopped.details
    assert str(root) not in stopped.details
    assert seen == [(1, 3), (2, 3)]
