"""A refusal in the kernel ends as one before it, until a result was shown."""

from cxlib import report


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
    assert sorted(path.name for path in out.iterdir() if path.name[0] != ".") == [
        "good",
        "index.html",
        "late",
    ]
    assert not list((out / ".staging").iterdir())
    page = outcomes["late"].page.read_text(encoding="utf-8")
    assert "it is too late" in page
    assert "Traceback" not in page
    assert "in cell 5 of 5" in page


def test_where_all_are_refused_there_is_no_index(root):
    run(root, root / "none", ("early", "08_looks.ipynb", {"wave": "2031Q1"}))
    assert not [path for path in (root / "none").iterdir() if path.name[0] != "."]
