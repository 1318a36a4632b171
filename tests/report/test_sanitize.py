"""Nothing that customers write runs or fetches in a page; no cell of theirs is a formula in a
spreadsheet."""

import csv
import io

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.downloads import add_downloads, cells_as_csv, inert_csv
from cxlib.report.sanitize import inert_html

# Shapes from the OWASP cheat sheet on filter evasion, cut to what each is about.
ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='  jAvascript&#58;alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<math><mi xlink:href='javascript:x'>",
    "<iframe src=//x>",
    "<object data=//x>",
    "<embed src=//x>",
    "<link rel=stylesheet href=//x>",
    "<style>@import '//x'</style>",
    "<base href=//x>",
    "<meta http-equiv=refresh content='0;url=//x'>",
    "<form action=//x><input name=a></form>",
    "<div style='background:url(//x)'>",
    "<body onload=alert(1)>",
    "<table background='//x'><td background='//x'>",
    "<video src=//x poster=//x>",
    "<audio src=//x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<textarea><img src=x onerror=y>",
    "<img srcset='//x 2x' src='//x'>",
    "<p id=report class=a data-csv=x>",
    "<details ontoggle=alert(1) open>",
    "<a href='//x.example'>x</a>",
    "<a href='/etc'>x</a>",
    "<template><img src=x onerror=y></template>",
    "<xmp><img src=x onerror=y></xmp>",
    "</div></div></main><p>out",
]
KNOWN = {
    "class",
    "lang",
    "dir",
    "title",
    "href",
    "rel",
    "src",
    "alt",
    "width",
    "height",
    "colspan",
    "rowspan",
    "scope",
    "start",
    "open",
}


def harmless(markup):
    soup = BeautifulSoup(markup, "lxml")  # another parser than the one that cleaned it
    for tag in soup.find_all(True):
        assert tag.name not in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "link",
            "meta",
            "base",
            "form",
            "input",
            "svg",
            "math",
            "video",
            "audio",
            "textarea",
            "noscript",
            "template",
            "xmp",
        }
        assert set(tag.attrs) <= KNOWN
        assert str(tag.get("src", "data:image/")).startswith("data:image/")
        assert str(tag.get("href", "#")).startswith(
            ("#", "https://", "http://", "mailto:", "../../index.html#")
        )


@pytest.mark.parametrize("attack", ATTACKS)
def test_known_attacks_are_inert(attack):
    harmless(inert_html(attack))
    harmless(inert_html(f"<div>{attack}<p>after</p></div>"))


@given(
    st.lists(
        st.sampled_from(
            [*ATTACKS, "<b>", "</b>", "<td>", "'", '"', "<", ">", "&lt;", "日本", "-->", "]]>"]
        ),
        max_size=6,
    )
)
def test_any_mixture_is_inert_and_cleaning_twice_changes_nothing(parts):
    once = inert_html("".join(parts))
    harmless(once)
    assert inert_html(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_escaped_words_are_left_as_they_are(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert BeautifulSoup(inert_html(f"<p>{escaped}</p>"), "html.parser").get_text() == words


def test_what_a_notebook_needs_stays():
    kept = (
        '<table class="cx"><caption>c</caption><thead><tr><th class="num" '
        'scope="col">n</th></tr></thead></table>'
        '<img alt="words" src="data:image/png;base64,AAAA"><a href="#1-The-question">x</a>'
    )
    assert inert_html(kept) == kept
    assert 'href="../../index.html#retention"' in inert_html('<a href="04_retention.ipynb">x</a>')
    assert 'rel="noopener noreferrer"' in inert_html('<a href="https://doi.org/10.1/x">x</a>')


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
def test_inert_csv_is_stable_and_changes_formulas_only(rows):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    once = inert_csv(written.getvalue())
    assert inert_csv(once) == once
    back = list(csv.reader(io.StringIO(once, newline="")))
    before = list(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert all(
        new in (old, "'" + old)
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
    soup = BeautifulSoup(
        "<table><tr><td>a</td></tr></table><div "
        "data-csv='b'><table><caption>회신</caption></table></div>",
        "html.parser",
    )
    assert add_downloads(soup, report="nps", language="en") == 2
    assert [link["download"] for link in soup.find_all("a")] == [
        "nps-table-1.csv",
        "nps-table-2.csv",
    ]
    assert soup.find_all(attrs={"role": "region"})[1]["aria-label"] == "회신"
    assert not soup.find_all(attrs={"data-csv": True})
