"""The notebooks in Japanese and Korean are the English ones with their own prose."""

import re

import pytest

from cxlib.report import cleaning
from cxlib.report.translation import RENDERS
from tests.notebooks.languages import NOTEBOOKS, carried, is_code, pairs, stale

PAIRS = [pytest.param(*pair, id=f"{pair[1].parent.name}-{pair[1].stem}") for pair in pairs()]


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_code_order_and_tags_are_those_of_the_english_notebook(english, translated):
    text = translated.read_text(encoding="utf-8")
    wanted = carried(english.read_text(encoding="utf-8"), text, translated.parent.name)
    assert cleaning.read(text) == cleaning.read(cleaning.write(wanted)), "run languages.py"


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_all_prose_renders_the_english_as_it_is_now(english, translated):
    assert stale(english, translated) == []


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_headings_lists_tables_and_code_are_there_too(english, translated):
    for there, here in zip(*(cleaning.read(p.read_bytes())["cells"] for p in (english, translated)),
                           strict=True):  # fmt: skip
        if there["cell_type"] == "markdown":
            assert shape("".join(here["source"])) == shape("".join(there["source"]))


def shape(source):
    """Return the levels of headings, the numbers before them, rows of tables, code and links."""
    return {
        "headings": re.findall(r"^(#+ \d*)", source, re.M),
        "rows": len(re.findall(r"^\|", source, re.M)),
        "code": sorted(re.findall(r"`([^`]+)`", source)),
        "links": sorted(re.findall(r"\]\(([^)]+)\)", source)),
    }


def test_no_other_notebook_lies_in_these_folders():
    there = {path for code in ("ja", "ko") for path in (NOTEBOOKS / code).rglob("*.ipynb")}
    assert there - {translated for _, translated in pairs()} == {
        path for path in there if ".ipynb_checkpoints" in path.parts
    }


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_prose_that_is_not_marked_yet_stays(english, translated):
    notebook = cleaning.read(translated.read_bytes())
    for cell in notebook["cells"]:
        cell["metadata"].pop(RENDERS, None)
    again = carried(english.read_text("utf-8"), cleaning.write(notebook), translated.parent.name)
    assert [c["source"] for c in again["cells"]] == [c["source"] for c in notebook["cells"]]


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_every_cell_of_prose_is_in_its_language(english, translated):
    letters = {"ja": "[ぁ-ゖ]", "ko": "[가-힣]"}[translated.parent.name]
    for cell in cleaning.read(translated.read_bytes())["cells"]:
        if not is_code(cell):
            assert re.search(letters, "".join(cell["source"])), cell["source"]


@pytest.mark.parametrize("name", [path.name for path in sorted(NOTEBOOKS.glob("0[1-4]*.ipynb"))])
def test_japanese_prose_of_a_report_speaks_as_its_findings_do(name):
    """On a page it stands between sentences in である: one document has one style."""
    prose = [
        "".join(cell["source"])
        for cell in cleaning.read((NOTEBOOKS / "ja" / name).read_bytes())["cells"]
        if cell["cell_type"] == "markdown"
    ]
    polite = re.compile(
        r".{0,9}(?:です|ます|でした|ました|ません|ください)(?=[。、」）（が]|$)", re.M
    )
    assert [found for each in prose for found in polite.findall(each)] == []
