"""An executed notebook becomes one page that a reader can use, with nothing from outside."""

import base64
import hashlib
import re
from datetime import UTC, datetime

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxlib.errors import CxError
from cxlib.report.export import export
from cxlib.shown.inline_svg import MIME

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
HEADER = {
    "run": "r",
    "time": datetime(2026, 11, 22, 9, 31, tzinfo=UTC),
    "versions": {"python": "3"},
    "commit": None,
    "command": "cx run a.ipynb",
    "inputs": [],
    "parameters": [{"name": "channel", "meaning": "<b>the channel</b>", "value": "電話"}],
}


def shown(data, about=None):
    return new_code_cell("x = 1", outputs=[new_output("display_data", data, metadata=about or {})])


def page_of(*cells):
    page = export(new_notebook(cells=list(cells)), name="nps", header=HEADER)
    return page, BeautifulSoup(page.html, "html.parser")


def test_the_frame_of_a_page():
    page, soup = page_of(
        new_markdown_cell(
            "# Did it move?\n\nText.\n\n## 1 The question\n\n### Why & how\n\n## 1 The question"
        ),
        shown(
            {
                "text/html": '<div class="cx-finding"><p>Yes.</p><p>By 3.</p></div>',
                "text/plain": "Yes.",
            }
        ),
    )
    assert soup.html["lang"] == "en"
    assert soup.title.string == soup.h1.string == page.title == "Did it move?"
    assert len(soup.find_all("h1")) == 1
    assert page.headline == soup.select_one("header .headline").string == "Yes. By 3."
    links = [link["href"][1:] for link in soup.select("nav ol a")]
    assert links == ["1-The-question", "Why-&-how", "1-The-question-", "appendix"]
    assert [soup.find(id=link).name for link in links] == ["h2", "h3", "h2", "h2"]
    assert "電話" in page.html
    assert "<b>the channel</b>" not in page.html
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"].startswith(
        "default-src 'none'"
    )


def test_the_headline_of_a_long_finding_is_its_beginning():
    finding = (
        "<div class='cx-finding'><p>One.</p><p>Two.</p><p>"
        + "long " * 80
        + "</p><p>Four.</p></div>"
    )
    page, soup = page_of(shown({"text/html": finding}))
    assert page.headline == "One. Two."
    assert "Four." in soup.select_one("article").get_text()


def test_all_code_is_in_one_fold_but_for_what_is_to_be_seen():
    quiet = new_code_cell(
        "y = 2", outputs=[new_output("stream", name="stderr", text="/somewhere/x.py: Warning")]
    )
    page, soup = page_of(
        new_markdown_cell("# T"),
        new_code_cell("import this_thing"),
        quiet,
        shown({"text/plain": "<b>3</b>"}),
        new_code_cell(""),
    )
    [fold] = soup.select("details.code")
    assert "open" not in fold.attrs
    assert all(word in fold.get_text() for word in ("import this_thing", "y = 2", "x = 1"))
    assert page.silenced == 1
    assert "Warning" not in page.html
    assert soup.select_one("article pre").string == "<b>3</b>"
    assert "this_thing" not in soup.select_one("article").get_text()
    assert not re.search(r"In\s*\[|Out\[", page.html)
    opened = new_code_cell("z", metadata={"tags": ["show-code"]})
    assert page_of(opened)[1].select_one("article .highlight").get_text().strip() == "z"


@pytest.mark.parametrize(
    ("data", "about"),
    [
        ({"image/png": PNG, "text/plain": "<Figure size 640x480 with 1 Axes>"}, {}),
        ({"image/png": PNG}, {"image/png": {"alt": " "}}),
        ({"image/jpeg": PNG}, {}),
        ({"image/svg+xml": "<svg/>"}, {}),
        ({"text/html": f'<img src="data:image/png;base64,{PNG}">'}, {}),
        ({"text/markdown": f"![](data:image/png;base64,{PNG})"}, {}),
    ],
)
def test_a_picture_without_words_stops_the_export(data, about):
    with pytest.raises(CxError, match="no words"):
        page_of(new_markdown_cell("# T"), shown(data, about))


SVG = (
    '<svg viewBox="0 0 9 9"><defs><path d="M0 0" id="i0"/></defs><use href="#i0"/>'
    "<text>&lt;b&gt; 고객 \u202e12</text></svg>"
)


def test_a_figure_that_is_drawn_as_text_stands_in_the_page():
    about = {"image/png": {"alt": 'a "quoted" <title>', "width": 800}}
    both = {"image/png": PNG, MIME: SVG}
    page, soup = page_of(shown(both, about), shown(both, about), shown({"image/png": PNG}, about))
    assert page.pictures == 3
    assert len(soup.select("figure.picture img")) == 1
    drawn = soup.select("figure.picture > svg[role=img]")
    assert [svg["aria-label"] for svg in drawn] == ['a "quoted" <title>'] * 2
    assert [svg.find("text").string for svg in drawn] == ["<b> 고객 \\u202e12"] * 2
    assert [svg.use["href"] for svg in drawn] == [f"#{svg.path['id']}" for svg in drawn]
    assert len({svg.path["id"] for svg in drawn}) == 2
    assert page.html.count('font-family: "cx-figure"; unicode-range') == 1
    assert "U+62" in re.search('"cx-figure"; unicode-range: ([^;]+)', page.html)[1]
    assert PNG not in soup.select_one("figure.picture").decode()


def test_a_damaged_drawing_leaves_the_png():
    soup = page_of(shown({"image/png": PNG, MIME: "<svg><p>"}, {"image/png": {"alt": "a"}}))[1]
    assert soup.select_one("figure.picture img")["src"].endswith(PNG)
    assert not soup.select("figure.picture svg")


def test_a_drawing_without_words_stops_the_export():
    with pytest.raises(CxError, match="no words"):
        page_of(shown({"image/png": PNG, MIME: SVG}))


def test_pictures_carry_their_words():
    page, soup = page_of(
        shown({"image/png": PNG, "text/plain": "한국 <leads>"}),
        shown({"image/png": PNG}, {"image/png": {"alt": 'a "quoted" title', "width": 800}}),
        shown({"image/svg+xml": "<svg onload='x()'/>", "text/plain": "a drawing"}),
    )
    assert [image["alt"] for image in soup.find_all("img")] == [
        "한국 <leads>",
        'a "quoted" title',
        "a drawing",
    ]
    assert soup.find_all("img")[1]["width"] == "800"
    assert all(image["src"].startswith("data:image/") for image in soup.find_all("img"))
    assert page.pictures == 3


def test_a_picture_much_wider_than_high_scrolls_on_a_telephone():
    def png(width, height):
        return base64.b64encode(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
        ).decode()

    _, soup = page_of(
        *(
            shown({"image/png": png(*size)}, {"image/png": {"alt": "words"}})
            for size in ((2000, 600), (900, 600))
        )
    )
    assert [figure["class"] for figure in soup.select("figure")] == [
        ["picture", "wide"],
        ["picture"],
    ]


def test_no_word_turns_the_figures_after_it_around():
    page, soup = page_of(
        shown({"text/html": '<div class="cx-finding"><p>The lowest is \u202eabc, 10 %.</p></div>'})
    )
    assert soup.select_one("article p").get_text() == "The lowest is \\u202eabc, 10\xa0%."
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.html)


@pytest.mark.parametrize(
    ("reference", "seen"),
    [
        ("&#x202e;", "\\u202e"),
        ("&#8238;", "\\u202e"),
        ("&ZeroWidthSpace;", "\\u200b"),
        ("&NoBreak;", "\\u2060"),
        ("&rlm;", "\\u200f"),
        ("&InvisibleComma;", "\\u2063"),
    ],
)
def test_what_hides_as_a_reference_is_written_out(reference, seen):
    page, soup = page_of(
        shown({"text/html": f'<p title="a{reference}1">a{reference}1</p>'}),
        new_markdown_cell(f"a{reference}1"),
    )
    article = soup.select_one("article")
    assert article.get_text().count(f"a{seen}1") == 2
    assert reference not in page.html
    assert article.select_one("p")["title"] == f"a{seen}1"


def test_tables_are_saved_as_csv_that_excel_reads():
    exact = shown(
        {
            "text/html": '<table class="cx"><tr><td>0.33</td></tr></table>',
            "text/csv": '国,n\n"=1+1",0.3333333\n',
            "text/plain": "",
        }
    )
    own = shown(
        {
            "text/html": "<table class='dataframe'><tr><th>a</th></tr><tr><td>@x</td></tr></table>",
            "text/plain": "",
        }
    )
    page, soup = page_of(new_markdown_cell("# T\n\n|a|b|\n|-|-|\n|1|2|"), exact, own)
    files = [
        base64.b64decode(link["href"].partition("base64,")[2]) for link in soup.select("a.download")
    ]
    assert page.tables == 3
    assert all(file.startswith(b"\xef\xbb\xbf") for file in files)
    assert [file.decode("utf-8-sig") for file in files] == [
        "a,b\n1,2\n",
        "国,n\n'=1+1,0.3333333\n",
        "a\n'@x\n",
    ]
    assert "data-csv" not in page.html


def test_the_ledger_is_kept_as_a_file_and_its_csv_has_all_rows():
    rows = "".join(f"nps,wave={n},n,{n}\r\n" for n in range(3000))
    cut = shown(
        {
            "text/html": '<table class="cx"><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',  # noqa: E501
            "text/csv": f"result,row,quantity,value\r\n=x,@y,-n,-3.5e-10\r\n{rows}",
            "text/plain": "",
        },
        {"text/csv": {"ledger": True}},
    )
    page, soup = page_of(
        shown({"text/html": "<table><tr><td>1</td></tr></table>", "text/csv": "a\n1\n"}), cut
    )
    assert page.figures.splitlines()[:3] == [
        "result,row,quantity,value",
        "'=x,'@y,'-n,-3.5e-10",
        "nps,wave=0,n,0",
    ]
    assert len(page.figures.splitlines()) == 3002
    link = soup.select("a.download")[1]
    assert link.string == "Table 2 as CSV, all 3,001 rows"
    assert link["href"] == "figures.csv"
    assert [*page.files] == ["figures.csv"]
    assert page.told["files"] == [{"name": "figures.csv", "rows": 3001}]
    assert soup.select_one('footer a[href="figures.csv"]').string == "Every figure, as CSV"
    assert not page_of(shown({"text/plain": "x"}))[0].figures


def long_table(rows):
    body = "".join(f"<tr><td>{n}</td></tr>" for n in range(rows))
    return f"<table><thead><tr><th>n</th></tr></thead><tbody>{body}</tbody></table>"


def test_the_one_script_of_a_page_is_the_search_of_a_long_table():
    def policy(soup):
        return soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]

    page, soup = page_of(shown({"text/html": long_table(60)}))
    [script] = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert policy(soup).endswith(f"; script-src 'sha256-{digest}'")
    assert len(soup.select("article tbody tr")) == 50
    assert soup.select_one("p.rows").string == "The first 50 of 60 rows; all are in the CSV."
    assert page.files["table-01.csv"].content.splitlines() == ["n", *map(str, range(60))]
    short = page_of(shown({"text/html": long_table(30)}))[1]
    assert not short.find_all("script")
    assert "script-src" not in policy(short)


def test_a_single_file_leads_to_no_other():
    cell = shown({"text/html": long_table(60)})
    notebook = new_notebook(cells=[cell])
    page = export(notebook, name="nps", header=HEADER, single_file=True)
    soup = BeautifulSoup(page.html, "html.parser")
    assert not page.files
    assert all(link["href"].startswith(("#", "data:")) for link in soup.find_all("a", href=True))
    saved = base64.b64decode(soup.select_one("a.download")["href"].partition("base64,")[2])
    assert saved.decode("utf-8-sig").splitlines() == ["n", *map(str, range(60))]


def test_customers_words_cannot_add_to_the_page():
    words = (
        '<script>alert(1)</script><p onclick="x()">hello</p></article></main><h1 '
        'id="report">mine</h1>'
        '<a href="//x.example">x</a>'
    )
    page, soup = page_of(
        new_markdown_cell(f"# Title\n\n{words}"),
        shown({"text/html": words}),
        shown({"text/markdown": words}),
        new_code_cell("x", outputs=[new_output("stream", text=words)]),
    )
    assert not soup.find_all("script")
    assert not soup.find_all(onclick=True)
    assert page.title == "Title"
    assert len(soup.find_all("main")) == len(soup.find_all(id="report")) == 1
    assert soup.find("footer").find_parent("main")
    assert not soup.find_all(href=re.compile("x.example"))


def test_japanese_and_korean_passages_say_what_they_are():
    _, soup = page_of(
        new_markdown_cell(
            "# T\n\n日本語の文章です。\n\n한국어 문장입니다.\n\nOne name, 日本, in English.\n\n"
            "## 고객의 말"
        )
    )
    assert [p.get("lang") for p in soup.select("article p")] == ["ja", "ko", None]
    assert soup.select_one("article h2")["lang"] == "ko"


def test_english_passages_of_a_japanese_page_say_what_they_are():
    quote = "<p>한국어 문장입니다.</p><p>It was late and they knew.</p>"
    cells = [
        new_markdown_cell("# 題\n\n日本語の文章です。\n\nThe app logs me out.\n\nsave time"),
        new_code_cell("x = '聞き手'  # who is asked in the interview", outputs=[]),
        shown({"text/html": f'<blockquote lang="ko">{quote}</blockquote>'}),
        shown({"text/html": "<table><td>The price went up and nobody said why.</td><td>NPS</td>"}),
    ]
    html = export(new_notebook(cells=cells), name="nps", header=HEADER, language="ja").html
    soup = BeautifulSoup(html, "html.parser")
    passages = {tag.get_text(): tag.get("lang") for tag in soup.select("main p, main td")}
    assert passages["日本語の文章です。"] is passages["save time"] is passages["NPS"] is None
    assert passages["The app logs me out."] == "en"
    assert passages["The price went up and nobody said why."] == "en"
    assert passages["한국어 문장입니다."] is None
    assert passages["It was late and they knew."] == "en"
    assert [code.get("lang") for code in soup.select(".highlight pre")] == ["en", None, None]


def test_the_empty_corner_of_a_table_is_no_heading():
    frame = pd.DataFrame({"n": [1]}).to_html()
    _, soup = page_of(new_markdown_cell("# T"), shown({"text/html": frame}))
    assert [head.get_text() for head in soup.select("article thead tr > *")] == ["", "n"]
    assert [head.name for head in soup.select("article thead tr > *")] == ["td", "th"]


def test_a_page_without_headings_or_finding_is_a_page():
    page, soup = page_of(new_code_cell("1"))
    assert (page.title, page.headline) == ("nps", "")
    assert [link["href"] for link in soup.select("nav ol a")] == ["#appendix"]


def test_a_figure_and_its_sign_stand_on_one_line():
    page, soup = page_of(
        new_markdown_cell("# T\n\n`5 %` of p < 0.001"),
        shown(
            {
                "text/html": '<div class="cx-finding"><p>Up 3 %.</p></div><table><tr><td>95 % of n '
                "= 3</td></tr></table>"
            }
        ),
    )
    assert soup.select_one("article td").string == "95\xa0% of n\xa0=\xa03"
    assert soup.select_one("header .headline").string == "Up 3\xa0%."
    assert soup.select_one("article p").get_text() == "5 % of p\xa0<\xa00.001"
    assert page.headline == "Up 3 %."  # in words, not for a page
    saved = base64.b64decode(soup.select_one("a.download")["href"].partition("base64,")[2])
    assert saved.decode("utf-8-sig") == "95 % of n = 3\n"


def test_a_number_with_its_counter_stands_on_one_line():
    _, soup = page_of(
        new_markdown_cell("# 「電話」の9点\n\n2026年9月の`128件`は、<128件>である。"),
        shown(
            {
                "text/html": '<div class="cx-finding"><p>「電話」の128件&lt;b&gt;</p></div>'
                "<table><tr><td>128件</td></tr></table>"
            }
        ),
    )
    assert [each.string for each in soup.select("header .held")] == [
        *("「電話」", "9点", "「電話」", "128件"),
    ]
    assert soup.select_one("header .headline").get_text() == "「電話」の128件<b>"
    assert [each.string for each in soup.select("article .prose .held")] == ["2026年9月", "128件"]
    assert soup.select(".headline b, td .held, code .held") == []


def test_a_formula_is_shown_as_it_is_written():
    _, soup = page_of(
        shown({"text/latex": r"$x^2 < y$", "text/plain": "<IPython.core.display.Math object>"})
    )
    assert soup.select_one("article pre").string == r"$x^2 < y$"
