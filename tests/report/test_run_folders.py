"""A run is named by its folder, by `name@run`, or by the report's name."""

from __future__ import annotations

import pytest

from cxlib.errors import CxError
from cxlib.report.run_folders import find_two
from tests.report.ledgers import write_run

ROW = "nps,level.nps,,,1.5,,,,,points,,,NPS"


@pytest.fixture
def out(tmp_path):
    for day in (1, 2, 3):
        time = {"started": f"2026-07-0{day}T08:00:00.000+00:00", "order": day}
        write_run(tmp_path / "nps" / f"run{day}", ROW, **time)
    error = {"error": {"message": "broken"}, "status": "failed"}
    write_run(tmp_path / "nps" / "run4", started="2026-07-04T08:00:00.000+00:00", order=4, **error)
    write_run(tmp_path / "once" / "run1", ROW)
    return tmp_path


def names(words, out):
    return tuple(run.manifest["run"] for run in find_two(words, out=out))


def test_a_name_alone_is_its_two_latest_good_runs(out):
    assert names(["nps"], out) == ("run2", "run3")
    assert names(["once", "nps@run1"], out) == ("run1", "run1")
    assert names([str(out / "nps" / "run3"), "nps@run1"], out) == ("run3", "run1")
    assert find_two(["nps"], out=out)[0].figures[0]["value"] == 1.5


def test_a_reports_name_stays_one_among_the_reports(out, monkeypatch):
    monkeypatch.chdir(out)
    assert names(["nps"], out) == ("run2", "run3")
    assert names(["nps/run1", "nps"], out) == ("run1", "run3")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["once"], "published once.*run it again, or name two runs"),
        (["npz"], "report='npz' is not one of .*did you mean 'nps'"),
        (["nps@run9", "nps"], "run='run9' is not one of .*did you mean 'run"),
        (["nps@run4", "nps"], "run='run4' is not one of"),
        (["nps@run1"], "is one run; name the run that it is to be compared with"),
        (["OUT/nps/run4", "nps"], "failed and has no figures"),
        (["OUT", "nps"], "has no manifest.json that can be read"),
    ],
)
def test_what_is_no_run_is_refused_with_what_to_do(out, words, why):
    with pytest.raises(CxError, match=why):
        find_two([word.replace("OUT", str(out)) for word in words], out=out)


def test_an_empty_folder_of_reports_is_said(tmp_path):
    with pytest.raises(CxError, match="there are no published reports; make some with cx run"):
        find_two(["nps"], out=tmp_path)
