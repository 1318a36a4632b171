"""The strip under the headline writes what the ledger has, and compares like with like."""

import json

import pandas as pd
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cxlib.report.export import export
from cxlib.report.key_figures import earlier_figures, kept_figures, strip
from cxlib.report.outputs import keys
from cxlib.shown import result
from cxlib.shown.ledger import ledger
from tests.hostile import PAYLOADS
from tests.report.test_export import HEADER


def notebook_of(frame, key="level.nps", **given):
    found = result.Result(frame=pd.DataFrame(frame), method="m", **given)
    data, about = ledger(level=found, key=[key])._repr_mimebundle_()
    return new_notebook(
        cells=[new_code_cell("x", outputs=[new_output("display_data", data, metadata=about)])]
    )


def one(value, low=None, high=None, **more):
    limits = {"ci_low": [low], "ci_high": [high], "confidence": [0.95]} if low is not None else {}
    return {"nps": [value], **limits, "n": [128], **more}


def test_value_interval_n_and_no_line_with_one_run():
    [item] = strip(notebook_of(one(1.5, -3.0, 6.0)), [], "en")
    assert item["value"] == "1.500"
    assert "-3.00" in item["interval"].replace("−", "-")
    assert (item["n"], item["trend"], item["before"], item["why"]) == (128.0, None, "", "")


def test_what_n_is_of_stands_in_place_of_n_where_the_result_says_it():
    notebook = notebook_of(one(1.5, -3.0, 6.0))
    [mark] = keys(notebook)
    mark["n"] = "4 turns in 2 interviews"
    assert strip(notebook, [], "en")[0]["size"] == "4 turns in 2 interviews"
    page = BeautifulSoup(export(notebook, name="nps", header=HEADER).html, "html.parser")
    about = page.select_one(".keys .about").get_text()
    assert "4 turns in 2 interviews" in about.replace("\N{NO-BREAK SPACE}", " ")
    assert "n = " not in about


def test_earlier_runs_make_a_line_and_say_whether_it_may_be_chance():
    kept = [
        kept_figures(notebook_of(one(*values))) for values in [(2.0, 1.0, 3.0), (9.0, 8.0, 9.5)]
    ]
    [item] = strip(notebook_of(one(2.5, 1.5, 3.5)), kept, "en")
    assert "may be chance" in item["before"]
    assert item["trend"]["line"].lines.count("L") == 2
    [item] = strip(notebook_of(one(2.5, 1.5, 3.5)), kept[1:], "en")
    assert "do not overlap" in item["before"]


def test_another_figure_is_no_point_of_the_line():
    other = kept_figures(notebook_of(one(2.0), "level.n"))
    foreign = [{"id": "level.nps", "value": "nine"}, "no mapping", {}]
    [item] = strip(notebook_of(one(2.5)), [other, foreign, []], "en")
    assert (item["trend"], item["before"]) == (None, "")


def test_a_range_without_a_value_is_a_range():
    [item] = strip(notebook_of(one(float("nan"), -84.5, 72.5)), [], "en")
    assert item["value"] == "−84.500 to 72.500"
    assert item["interval"] == ""


def test_hostile_names_are_inert_and_what_is_absent_says_so():
    for payload in PAYLOADS.values():
        notebook = notebook_of(one(2.5, plan=[payload]))
        page = export(notebook, name="nps", header=HEADER)
        soup = BeautifulSoup(page.html, "html.parser")
        assert not soup.select(".keys script, .keys img, .keys b")
        assert len(soup.select(".keys dl > div")) == 1
    page = export(notebook_of({"nps": [1.0, 2.0]}), name="nps", header=HEADER)
    assert BeautifulSoup(page.html, "html.parser").select_one(".keys .none").string == "not shown"


def test_manifests_of_a_folder_are_read_newest_first(tmp_path):
    told = [
        ("a", 1, "published", [{"id": "x"}]),
        ("b", 2, "failed", None),
        ("c", 3, "published", None),
    ]
    for name, order, status, marks in told:
        (tmp_path / name).mkdir()
        said = {"status": status, "started": "2026", "order": order, "keys": marks}
        (tmp_path / name / "manifest.json").write_text(json.dumps(said))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "manifest.json").write_text("{")
    assert earlier_figures(tmp_path) == [[], [{"id": "x"}]]
