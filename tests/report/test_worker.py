"""What became of a notebook is one message: a page, an error, or a refusal."""

import pytest

from cxlib.report import worker
from tests.report.test_crew import job
from tests.report.writing import code


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise cx.errors.EmptyDataError('no rows')", {"refused": "no rows"}),
        ("cx.finding('Yes.')", {"title": "T", "headline": "Yes."}),
        ("1 / 0", {"error": "ZeroDivisionError: division by zero"}),
    ],
)
def test_a_job_ends_in_one_of_three_ways(tmp_path, source, told):
    cells = [code("import cxlib as cx"), code(source)]
    found = worker._work(job(tmp_path, "one", *cells), lambda message: None)
    if "error" in found:
        found["error"] = found["error"]["message"]
    assert told.items() <= found.items()
    assert ("subject" in found) is ("refused" not in found)


def test_a_fault_of_ours_is_told_with_its_traceback(tmp_path):
    broken = job(tmp_path, "one") | {"notebook": str(tmp_path / "none.ipynb")}
    found = worker._work(broken, lambda message: None)
    assert found["error"]["message"].startswith("FileNotFoundError")
    assert "Traceback" in found["error"]["details"]
