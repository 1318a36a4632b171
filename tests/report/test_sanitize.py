"""Nothing that customers write runs or fetches in a page."""

import pytest
from bs4 import BeautifulSoup
from bs4.element import PreformattedString
from hypothesis import given
from hypothesis import strategies as st

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


# what may stand in a page: no other element or attribute can run or fetch anything
_NAMES = """
    html body a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small
    span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr
"""


ELEMENTS = set(_NAMES.split())


_ATTRIBUTES = "class lang dir title href rel src alt width height colspan rowspan scope start open"


KNOWN = set(_ATTRIBUTES.split())


def harmless(markup):
    soup = BeautifulSoup(markup, "lxml")  # another parser than the ones that cleaned it
    assert not soup.find_all(string=lambda text: isinstance(text, PreformattedString))
    for tag in soup.find_all(True):
        assert tag.name in ELEMENTS
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
def test_any_mixture_is_inert_also_when_it_is_read_and_written_again(parts):
    once = inert_html("".join(parts))
    harmless(once)
    harmless(BeautifulSoup(once, "html.parser").decode(formatter="html5"))  # as `export` does
    harmless(inert_html(once))


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
    soup, wanted = (BeautifulSoup(each, "lxml") for each in (inert_html(kept), kept))
    for tag, same in zip(soup.find_all(True), wanted.find_all(True), strict=True):
        assert tag.name == same.name
        assert same.attrs.items() <= tag.attrs.items()
    assert 'href="../../index.html#retention"' in inert_html('<a href="04_retention.ipynb">x</a>')
    assert 'rel="noopener noreferrer"' in inert_html('<a href="https://doi.org/10.1/x">x</a>')


def test_no_markup_turns_figures_around():
    for markup in ('<p dir="rtl">-5 of 12</p>', "<p dir=RTL>-5</p>", '<bdo dir="rtl">12</bdo>'):
        assert "rtl" not in inert_html(markup).lower()
    assert 'dir="auto"' in inert_html('<p dir="rtl">שלום 12</p>')
    assert 'dir="ltr"' in inert_html('<p dir="ltr">x</p>')


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<img src="//x.example/z.png" alt="a <b>chart</b>">', "a <b>chart</b>"),
        ('<a href="javascript:x()">read</a>', "read"),
        ("<!--><img src=x alt=y>-->end", "end"),
    ],
)
def test_what_cannot_be_shown_leaves_its_words(markup, words):
    soup = BeautifulSoup(inert_html(markup), "lxml")
    assert soup.get_text() == words
    assert not soup.find_all(["img", "a", "b"])
