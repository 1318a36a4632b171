"""A refusal in the kernel ends as one before it, until a result was shown."""

import json
from dataclasses import replace

import pytest

from cxlib import errors, report
from cxlib.report.checks import Refused
from cxlib.report.refusals import Kind, Refusal, kind_of, kind_of_stop


def run(root, out, *reports):
    planned = [
        report.from_notebook(root / "notebooks" / notebook, given, name=name)
        for name, notebook, given in reports
    ]
    ready, problems = report.ready_all(planned)
    assert not problems
    return {outcome.name: outcome for outcome in report.run(ready, out=out)}


def test_a_refusal_publishes_nothing_and_the_others_go_on(root):
    out = root / "mixed"
    outcomes = run(
        root,
        out,
        ("early", "08_looks.ipynb", {"wave": "2031Q1"}),
        ("nobody", "08_looks.ipynb", {"looks": "1000", "wave": "2026Q3"}),
        ("late", "08_looks.ipynb", {"wave": "late"}),
        ("good", "08_looks.ipynb", {}),
    )
    assert {name: str(outcome.status) for name, outcome in outcomes.items()} == {
        "early": "refused",
        "nobody": "refused",
        "late": "failed",
        "good": "published",
    }
    assert outcomes["early"].headline == "wave='2031Q1' is not one of the possible values"
    assert outcomes["nobody"].headline == "looks='1000', wave='2026Q3': nobody answered"
    assert outcomes["early"].page is outcomes["nobody"].page is None
    runs = {path.parent.parent.name for path in out.glob("*/*/manifest.json")}
    assert runs == {"good", "late"}
    state = json.loads((out / "early" / "state.json").read_text(encoding="utf-8"))
    assert (state["status"], state["message"]) == ("refused", outcomes["early"].headline)
    assert state["stale_since"] == state["time"]
    assert not list((out / ".staging").iterdir())
    page = outcomes["late"].page.read_text(encoding="utf-8")
    assert "it is too late" in page
    assert "Traceback" not in page
    assert "in cell 5 of 5" in page


def test_where_all_are_refused_the_index_says_so(root):
    outcomes = run(root, root / "none", ("early", "08_looks.ipynb", {"wave": "2031Q1"}))
    assert outcomes["early"].page is None
    assert not list((root / "none").glob("*/*/manifest.json"))
    assert (root / "none" / "index.html").is_file()


def test_a_refusal_leaves_the_last_good_report_and_says_since_when(root):
    out = root / "stale"
    good = run(root, out, ("one", "08_looks.ipynb", {}))["one"]
    first = run(root, out, ("one", "08_looks.ipynb", {"wave": "2031Q1"}))["one"]
    since = json.loads((out / "one" / "state.json").read_text(encoding="utf-8"))["stale_since"]
    run(root, out, ("one", "08_looks.ipynb", {"wave": "2032Q1"}))
    state = json.loads((out / "one" / "state.json").read_text(encoding="utf-8"))
    assert (str(first.status), first.cause) == ("refused", "value")
    assert state["stale_since"] == since
    assert "2032Q1" in state["message"]
    assert (out / "one" / "latest").read_text(encoding="utf-8").strip() == good.page.parent.name
    again = run(root, out, ("one", "08_looks.ipynb", {}))["one"]
    assert (str(again.status), again.page) == ("unchanged", good.page)
    state = json.loads((out / "one" / "state.json").read_text(encoding="utf-8"))
    assert (state["status"], state["stale_since"]) == ("unchanged", None)


def planned_of(root, name, **more):
    one = report.from_notebook(root / "notebooks" / "08_looks.ipynb", {}, name=name)
    return replace(one, **more)


def test_an_entry_that_is_refused_makes_all_its_reports_stale(root, tmp_path):
    out = tmp_path / "entry"
    ready, _ = report.ready_all([planned_of(root, f"nps-{store}", entry="nps") for store in "ab"])
    report.run(ready, out=out, entries={"nps": ["nps-a", "nps-b"]})
    entry = planned_of(root, "nps", for_each={"store": {}})
    report.run([], out=out, refused=[Refused(entry, "there is no file 'x.csv'")])
    for name in ("nps-a", "nps-b"):
        state = json.loads((out / name / "state.json").read_text(encoding="utf-8"))
        assert (state["status"], bool(state["stale_since"])) == ("refused", True)
    assert not (out / "nps").exists()


def test_a_value_that_is_gone_is_told_and_a_mended_entry_is_forgotten(root, tmp_path):
    out = tmp_path / "gone"
    entry = planned_of(root, "nps", for_each={"store": {}})
    report.run([], out=out, refused=[Refused(entry, "no such column")])
    assert (out / "nps" / "state.json").is_file()
    ready, _ = report.ready_all([planned_of(root, f"nps-{store}", entry="nps") for store in "ab"])
    report.run(ready, out=out, entries={"nps": ["nps-a", "nps-b"]})
    assert not (out / "nps").exists()
    outcomes = report.run(ready[:1], out=out, entries={"nps": ["nps-a"]})
    assert {one.name: str(one.status) for one in outcomes} == {
        "nps-a": "unchanged",
        "nps-b": "left_out",
    }
    state = json.loads((out / "nps-b" / "state.json").read_text(encoding="utf-8"))
    assert "no such value any more" in state["message"]


def test_a_part_makes_nothing_that_its_site_has_unchanged(root, tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    run(root, site, ("one", "08_looks.ipynb", {}))
    ready, _ = report.ready_all([planned_of(root, "one")])
    [outcome] = report.run(ready, out=part, history=site)
    assert str(outcome.status) == "unchanged"
    assert not list(part.glob("*/*/manifest.json"))


def test_every_refusal_of_ours_has_a_kind():
    classes = [errors.CxError, *errors.CxError.__subclasses__()]
    assert Kind.NOTEBOOK not in [kind_of(each.__name__) for each in classes]
    assert [each for each in classes if kind_of(each.__name__) is Kind.COMMAND] == [errors.CxError]
    assert Refusal.of(errors.ColumnError("gone")) == Refusal("gone", Kind.COLUMN)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"cause": "time", "kind": "data"}, Kind.TIME),
        ({"cause": "memory"}, Kind.MEMORY),
        ({"cause": "changed"}, Kind.CHANGED),
        ({"cause": "error", "kind": "data"}, Kind.DATA),
        ({"cause": ["x"], "kind": ["data"]}, Kind.NOTEBOOK),  # somebody wrote into the manifest
        ({}, Kind.NOTEBOOK),
    ],
)
def test_what_stopped_a_run_is_of_a_kind(error, kind):
    assert kind_of_stop(error) is kind


def test_the_kind_of_a_refusal_is_kept_with_it(root):
    out = root / "kinds"
    outcomes = run(
        root,
        out,
        ("early", "08_looks.ipynb", {"wave": "2031Q1"}),
        ("nobody", "08_looks.ipynb", {"looks": "1000", "wave": "2026Q3"}),
        ("late", "08_looks.ipynb", {"wave": "late"}),
    )
    kinds = {name: outcome.kind for name, outcome in outcomes.items()}
    states = {
        name: json.loads((out / name / "state.json").read_text("utf-8"))["kind"] for name in kinds
    }
    assert kinds == states
    assert (kinds["early"], kinds["nobody"]) == (Kind.PARAMETER, Kind.DATA)
