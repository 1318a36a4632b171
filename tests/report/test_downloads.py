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


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("<td>信頼できない</td>", "short"),
        ("<td>p &lt; 0.001</td>", "short"),
        ("<td>구별 불가</td>", "short"),
        ("<td>回答が少なく判定できない</td>", None),
        (f"<td>{'偶然の変動と区別できない。' * 3}</td>", "long"),
        ("<th>p値（調整後）</th>", None),
        ("<th>二峰性係数（偏りだけでも大きくなる）</th>", "long"),
    ],
)
def test_a_short_value_stands_in_one_line_and_a_long_heading_in_several(cell, kind):
    soup = BeautifulSoup(f"<table><tr>{cell}</tr></table>", "html.parser")
    add_downloads(soup, report="x", language="ja", aside=SetAside())
    [found] = soup.find_all(["td", "th"])
    assert found.get("class") in ([kind], kind)


def test_every_table_gets_its_file():
    aside = SetAside()
    soup = BeautifulSoup(
        "<table><tr><td>a</td></tr></table><div "
        f"data-csv='{aside.mark('b')}'><table><caption>회신</caption></table></div>"
        f"<div data-csv='{aside.mark('c')}'>a quote</div>",
        "html.parser",
    )
    found = add_downloads(soup, report="nps", language="en", aside=aside)
    assert (found.tables, found.files, found.searched) == (2, {}, False)
    files = [link["href"].rpartition(",")[2] for link in soup.find_all("a")]
    assert [b64decode(aside.put_back(file)).decode("utf-8-sig") for file in files] == ["a\n", "b\n"]
    assert [link["download"] for link in soup.find_all("a")] == [
        "nps-table-1.csv",
        "nps-table-2.csv",
    ]
    assert soup.find_all(attrs={"role": "region"})[1]["aria-label"] == "회신"
    assert not soup.find_all(attrs={"data-csv": True})


def table_of(rows, *, aside, wide=1):
    content = "n\n" + "".join(f"{n}{'x' * wide}\n" for n in range(rows))
    body = "".join(f"<tr><td>{n}{'x' * wide}</td></tr>" for n in range(rows))
    head = "<thead><tr><th>n</th></tr></thead>"
    marked = (
        f"<div data-csv='{aside.mark(content)}'><table>{head}<tbody>{body}</tbody></table></div>"
    )
    return marked, content


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 400)), min_size=1, max_size=30),
    st.booleans(),
)
def test_every_table_has_all_its_rows_in_a_file_or_in_the_page(sizes, single_file):
    aside = SetAside()
    made = [table_of(rows, aside=aside, wide=wide) for rows, wide in sizes]
    soup = BeautifulSoup("".join(markup for markup, _ in made), "html.parser")
    found = add_downloads(soup, report="nps", language="en", aside=aside, single_file=single_file)
    links = [str(link["href"]) for link in soup.select("figure.table > a.download")]
    within = 0
    for number, (link, (_, content), (rows, _)) in enumerate(
        zip(links, made, sizes, strict=True), start=1
    ):
        if link.startswith("data:"):
            saved = b64decode(aside.put_back(link.partition("base64,")[2])).decode("utf-8-sig")
            assert single_file or (rows <= 50 and len(content) <= 3000)
            within += len(content)
        else:
            assert link == f"table-{number:02}.csv"
            assert found.files[link].rows == rows
            saved = found.files[link].content
        assert saved == content
    assert len(found.files) == sum(not link.startswith("data:") for link in links)
    assert not (single_file and found.files)
    assert single_file or within <= 15_000


def test_the_ledger_is_one_file_with_the_page_that_shows_it():
    aside = SetAside()
    markup, content = table_of(3, aside=aside)
    soup = BeautifulSoup(markup + table_of(4, aside=aside)[0], "html.parser")
    found = add_downloads(soup, report="nps", language="en", aside=aside, ledger=content)
    assert soup.a["href"] == "figures.csv"
    assert set(found.files) == {"figures.csv"}
    assert soup.a["download"] == "nps-table-1.csv"


def test_no_markup_of_a_customer_makes_a_file():
    soup = BeautifulSoup(
        "<table><tr><td>=1+1</td></tr>" + "<tr><td>../../etc</td></tr>" * 60 + "</table>",
        "html.parser",
    )
    found = add_downloads(soup, report="nps", language="en", aside=SetAside())
    assert set(found.files) == {"table-01.csv"}
    assert found.files["table-01.csv"].content.startswith("'=1+1\n../../etc\n")
