"""Every table has its CSV, in which no cell is a formula."""

import csv
import io
from base64 import b64decode

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib.inert import visible
from cxlib.report.downloads import add_downloads, cells_as_csv, inert_csv
from cxlib.report.set_aside import SetAside


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "　="])
def test_a_cell_that_starts_like_a_formula_is_inert(start):
    cell = start + 'HYPERLINK("x","y")'
    written = io.StringIO()
    csv.writer(written).writerow([cell, "-3", "+1.5e-3", "-1,234", "12 %"])
    row = next(csv.reader(io.StringIO(inert_csv(written.getvalue()), newline="")))
    assert row == ["'" + cell, "-3", "+1.5e-3", "-1,234", "12 %"]


@given(
    st.lists(
        st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",))), min_size=1),
        min_size=1,
    )
)
def test_inert_csv_is_stable_and_changes_formulas_and_what_hides_only(rows):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    once = inert_csv(written.getvalue())
    assert inert_csv(once) == once
    back = list(csv.reader(io.StringIO(once, newline="")))
    before = list(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert all(
        new.replace("'", "") == visible(old, keep="\t\r\n").replace("'", "")
        for a, b in zip(before, back, strict=True)
        for old, new in zip(a, b, strict=True)
    )


def test_cells_over_several_rows_are_repeated():
    table = BeautifulSoup(
        "<table><tr><th colspan=2>a</th><th>b</th></tr><tr><td "
        "rowspan=2>x</td><td>1</td><td>2</td></tr>"
        "<tr><td>3</td><td>4</td></tr></table>",
        "html.parser",
    ).table
    assert cells_as_csv(table) == "a,a,b\nx,1,2\nx,3,4\n"


def test_every_table_gets_its_file():
    aside = SetAside()
    soup = BeautifulSoup(
        "<table><tr><td>a</td></tr></table><div "
        f"data-csv='{aside.mark('b')}'><table><caption>회신</caption></table></div>"
        f"<div data-csv='{aside.mark('c')}'>a quote</div>",
        "html.parser",
    )
    assert add_downloads(soup, report="nps", language="en", aside=aside) == 2
    files = [link["href"].rpartition(",")[2] for link in soup.find_all("a")]
    assert [b64decode(aside.put_back(file)).decode("utf-8-sig") for file in files] == ["a\n", "b\n"]
    assert [link["download"] for link in soup.find_all("a")] == [
        "nps-table-1.csv",
        "nps-table-2.csv",
    ]
    assert soup.find_all(attrs={"role": "region"})[1]["aria-label"] == "회신"
    assert not soup.find_all(attrs={"data-csv": True})
