"""The index tells of every run, newest first, and `latest` of the newest good one."""

import json

import pytest
from bs4 import BeautifulSoup

from cxlib.report.publish import runs
from cxlib.report.site import write_index


def test_a_rerun_is_a_new_run_and_the_older_one_stays_in_the_index(tmp_path):
    out = tmp_path / "published"
    for second, headline in (("05", "older"), ("06", "newer")):
        folder = out / "nps" / f"20261122T0931{second}Z-aaaa"
        folder.mkdir(parents=True)
        manifest = {
            "started": f"2026-11-22T09:31:{second}.000+00:00",
            "status": "published",
            "notebook": "03_nps.ipynb",
            "given": {},
            "title": "T",
            "headline": headline,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = BeautifulSoup(write_index(out).read_text(encoding="utf-8"), "html.parser")
    assert page.select_one("p.headline").string == "newer"
    assert "older" in page.select_one("details li").get_text()
    assert (out / "nps" / "latest").read_text(encoding="utf-8") == "20261122T093106Z-aaaa\n"
    assert [run["headline"] for run in runs(out)["nps"]] == ["newer", "older"]


def test_the_index_shows_what_was_given_as_it_is_given(tmp_path):
    folder = tmp_path / "nps" / "20261122T093105Z-aaaa"
    folder.mkdir(parents=True)
    given = {"scale": [1, 10], "columns": {"weight": None, "comment": "声, <b>"}, "wave": None}
    manifest = {
        "started": "2026-11-22T09:31:05.000+00:00",
        "status": "published",
        "notebook": "03_nps.ipynb",
        "given": given,
        "title": "T",
        "headline": "",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = BeautifulSoup(write_index(tmp_path).read_text(encoding="utf-8"), "html.parser")
    assert [code.string for code in page.select(".made code")] == [
        "scale=1,10",
        'columns={comment: "声, <b>"}',
        "wave=None",
    ]


def test_an_empty_index_says_so(tmp_path):
    assert "no report yet" in write_index(tmp_path / "none").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("languages", "wanted"),
    [(["en", "en"], "en"), ([None], "en"), (["xx", "en"], "en"), ([], "en")],
)
def test_the_index_is_in_the_language_of_most_reports(tmp_path, languages, wanted):
    for number, language in enumerate(languages):
        folder = tmp_path / f"r{number}" / "20261122T093105Z-aaaa"
        folder.mkdir(parents=True)
        manifest = {
            "started": "2026-11-22T09:31:05.000+00:00",
            "status": "published",
            "notebook": "03_nps.ipynb",
            "parameters": {"language": language},
            "title": "T",
            "headline": "",
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = BeautifulSoup(write_index(tmp_path).read_text(encoding="utf-8"), "html.parser")
    assert page.html["lang"] == wanted
