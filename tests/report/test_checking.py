"""Planned reports are checked one by one: what is wrong with one does not stop another."""

import pytest

from cxlib import report
from cxlib.report.checking import ready_all
from tests.report import models
from tests.report.writing import project


@pytest.fixture
def planned(tmp_path):
    root = project(tmp_path)
    return [
        report.from_notebook(root / "notebooks" / "03_nps.ipynb", given, name=name)
        for name, given in (("good", {"wave": "2026Q3"}), ("bad", {"wavee": "2026Q3"}))
    ]


def test_what_can_be_run_and_what_cannot(planned):
    ready, problems = ready_all(planned)
    assert [one.planned.name for one in ready] == ["good"]
    assert problems == ["bad: parameter 'wavee' is unknown; did you mean 'wave'?"]


def test_a_fault_in_a_model_stops_its_report_alone(planned, monkeypatch):
    def fail(values):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(models.Parameters, "parse", fail)
    ready, problems = ready_all(planned[:1])
    assert not ready
    assert problems == ["good: its parameters could not be checked (ZeroDivisionError: no)"]


def test_looks_are_counted_where_nobody_gives_them(tmp_path):
    root = project(tmp_path)
    path = root / "notebooks" / "08_looks.ipynb"
    ready, _ = ready_all(
        [report.from_notebook(path, given, name=name) for name, given in (("a", {}), ("b", {}))]
        + [report.from_notebook(path, {"looks": "2"}, name="c")]
    )
    assert [one.counts_looks for one in ready] == [True, True, False]
