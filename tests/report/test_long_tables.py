"""Of a long table a page keeps the first rows, says so, and can search them."""

from importlib.resources import files

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.long_tables import (
    PRINTED,
    body_rows,
    cut,
    rows_kept,
    say_columns,
    say_rest,
    search_of,
)


def parsed(markup):
    return BeautifulSoup(markup, "html.parser")


def table(rows, *, letters=1, foot=""):
    body = "".join(f"<tr><td>{'x' * letters}</td></tr>" for _ in range(rows))
    return f"<table><thead><tr><th>a</th></tr></thead><tbody>{body}</tbody>{foot}</table>"


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 2000)), max_size=20))
def test_a_page_is_light_whatever_its_tables_are(sizes):
    tables = parsed("".join(table(rows, letters=letters) for rows, letters in sizes)).find_all(
        "table"
    )
    most = rows_kept(tables)
    before = [len(body_rows(each)) for each in tables]
    for each in tables:
        cut(each, most)
    assert [len(body_rows(each)) for each in tables] == [min(most, rows) for rows in before]
    heavy = sum(len(str(row).encode()) for each in tables for row in body_rows(each))
    assert heavy <= 50_000 or most == 12  # fewer than a dozen rows tell nothing


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The first 14 of 15 columns"), ("ja", "15列のうち最初の14列"), ("ko", "처음 14열")],
)
def test_paper_says_which_columns_it_has(language, said):
    soup = parsed(
        "".join(f"<table><tr>{'<td>1</td>' * n}</tr></table>" for n in (PRINTED, PRINTED + 1))
    )
    fits, wide = soup.find_all("table")
    assert say_columns(soup, fits, language=language) is None
    assert said in say_columns(soup, wide, language=language).get_text()


def test_no_more_columns_are_printed_than_is_said():
    style = files("cxlib.report").joinpath("template", "style.css").read_text(encoding="utf-8")
    assert f"tr > :nth-child(n + {PRINTED + 1}) {{ display: none; }}" in style


def test_the_first_rows_stay_and_those_of_tables_within_are_none():
    soup = parsed(
        "<table><tr><td>1<table><tr><td>in</td></tr></table></td></tr><tr><td>2</td></tr></table>"
    )
    assert [row.td.get_text() for row in body_rows(soup.table)] == ["1in", "2"]
    assert cut(soup.table, 1) == 1
    assert soup.get_text() == "1in"


@pytest.mark.parametrize(
    ("foot", "stays"),
    [
        ("<tfoot><tr><td colspan=2>... and 9 more</td></tr></tfoot>", False),
        ("<tfoot><tr><td>sum</td><td>9</td></tr></tfoot>", True),
    ],
)
def test_a_foot_that_counts_other_rows_goes_with_them(foot, stays):
    [long, short] = parsed(table(60, foot=foot) + table(3, foot=foot)).find_all("table")
    assert (cut(long, 50), cut(short, 50)) == (10, 0)
    assert bool(long.tfoot) is stays
    assert short.tfoot


def test_what_is_left_out_is_said():
    words = say_rest(parsed(""), shown=50, rows=2412, language="en").get_text()
    assert words == "The first 50 of 2,412 rows; all are in the CSV."


def test_only_long_tables_of_whole_rows_are_searched():
    soup = parsed("")
    assert search_of(soup, parsed(table(30)).table, rows=30, language="en") is None
    spanned = table(40).replace("<td>", "<td rowspan=2>", 1)
    assert search_of(soup, parsed(spanned).table, rows=40, language="en") is None
    box = search_of(soup, parsed(table(31)).table, rows=31, language="en")
    assert "hidden" in box.attrs  # without its script there is no box
    assert box.label.input["type"] == "search"
    assert box.span["data-said"] == "%s of 31 rows"
    box = search_of(soup, parsed(table(50)).table, rows=412, language="en")
    assert box.span["data-said"] == (
        "%s of the 50 rows on this page; 362 more rows are in the CSV alone"
    )
