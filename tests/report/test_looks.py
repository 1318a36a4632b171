"""Earlier looks are counted by what exactly was looked at."""

import json

from bs4 import BeautifulSoup

from cxlib import report
from tests.report.writing import made_ready


def test_looks_are_counted_from_the_published_runs_of_the_same_subject(look):
    first, second = look(), look()
    assert (first["subject"], first["parameters"]["looks"], first["given"]) == ("2026Q3", 1, {})
    assert second["parameters"]["looks"] == 2
    assert second["command"] == "cx run notebooks/08_looks.ipynb -p looks=2"
    assert look(fails=True)["parameters"]["looks"] == 3
    assert look({"wave": "2026Q3"})["parameters"]["looks"] == 3  # the failed run showed nothing
    assert look(subject="2026Q2")["parameters"]["looks"] == 1
    assert look(subject=None)["parameters"]["looks"] == 1
    assert look(subject=None)["parameters"]["looks"] == 2
    assert look(name="other")["parameters"]["looks"] == 1


def test_looks_that_are_given_win(look):
    look()
    manifest = look({"looks": "7"})
    assert (manifest["parameters"]["looks"], manifest["given"]) == (7, {"looks": 7})
    assert manifest["command"] == "cx run notebooks/08_looks.ipynb -p looks=7"
    assert look()["parameters"]["looks"] == 3


def test_looks_of_another_notebook_and_of_older_manifests_do_not_count(look, tmp_path):
    look()
    [path] = tmp_path.glob("looks/looks/*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for number, change in enumerate(
        ({"notebook": "notebooks/09_x.ipynb"}, {"subject": None}, {"parameters": {}})
    ):
        (path.parent.parent / str(number)).mkdir()
        (path.parent.parent / str(number) / "manifest.json").write_text(
            json.dumps(manifest | change), encoding="utf-8"
        )
    assert look()["parameters"]["looks"] == 3


def test_the_kernel_says_what_was_looked_at_and_takes_its_own_looks(root, look):
    out = root / "subjects"
    look(out=out)
    look(out=out, subject="2026Q2")
    [outcome] = report.run([made_ready(root, "08_looks.ipynb")], out=out)
    manifest = json.loads((outcome.page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["subject"], manifest["parameters"]["looks"]) == ("2026Q3", 2)
    assert manifest["command"] == "cx run notebooks/08_looks.ipynb -p looks=2"
    page = BeautifulSoup(outcome.page.read_text(encoding="utf-8"), "html.parser")
    shown = {
        row.code.string: row.find_all("td")[1].get_text()
        for row in page.select("table.plain tbody tr")
    }
    assert shown["looks"] == "2"
    assert page.select_one("code.command").string == manifest["command"]
    figures = (outcome.page.parent / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert figures[1].startswith('common,level.nps,"wave=""=1+1"", country=0",,0.333')
