"""A figure within a page runs nothing, fetches nothing, and has ids of its own."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.drawings import Drawings

# what an element of a figure may have; anything else might run, fetch or style
TAGS = {"svg", "g", "path", "use", "text", "rect", "clippath", "pattern", "defs", "image"}
NAMES = {"d", "x", "y", "width", "height", "id", "href", "opacity", "transform", "clip-path"} | {
    "patternunits",
    "text-anchor",
    "font-size",
    "font-family",
    "viewbox",
    "role",
    "aria-label",
    "preserveaspectratio",
    *("fill", "fill-opacity", "fill-rule"),
    *(f"stroke{part}" for part in ("", "-width", "-opacity", "-linejoin", "-linecap")),
    *(f"stroke-{part}" for part in ("dasharray", "dashoffset", "miterlimit")),
}
ATTACKS = [
    "<script>alert(1)</script>",
    "<script href='data:text/javascript,alert(1)'/>",
    "<foreignObject><iframe src=//x></iframe><body onload=x()></foreignObject>",
    "<style>*{background:url(//x)}</style>",
    "<style><![CDATA[</style><img src=x onerror=alert(1)>]]></style>",
    "<g onload='x()'><path onclick='x()' d='M0 0'/></g>",
    "<a href='javascript:x()'><text>go</text></a>",
    "<a xlink:href='javascript:x()'><rect/></a>",
    "<use href='//x.example/a.svg#b'/>",
    "<use xlink:href='data:image/svg+xml;base64,AAAA#x'/>",
    "<image href='//x.example/a.png'/>",
    "<image href='data:image/svg+xml;base64,AAAA'/>",
    "<image xlink:href='file:a.png'/>",
    "<path fill='url(//x.example/a)' d='M0 0'/>",
    "<path fill='URL( //x.example/a )' d='M0 0'/>",
    "<path style='fill:url(//x)' class='finding' d='M0 0'/>",
    "<animate attributeName='href' to='javascript:x()'/>",
    "<set attributeName='onclick' to='x()'/>",
    "<filter id='f'><feImage href='//x'/></filter>",
    "<g id='a'><use href='#a'/><use href='#a'/></g>",
    "<text id='report'>x</text>",
    "<title><img src=x onerror=alert(1)></title>",
    "<math><mi xlink:href='javascript:x'>",
    "<textarea></svg><img src=x onerror=alert(1)></textarea>",
    "<svg onload='x()'><path d='M0 0'/></svg>",
    "</svg><img src=x onerror=alert(1)><svg>",
    "</text></svg></figure><p>out",
    "<!-- --><script>x</script><!-- -->",
    "<![CDATA[<script>x</script>]]>",
]


def within_a_page(*contents):
    drawings = Drawings()
    marks = [drawings.mark(f'<svg viewBox="0 0 9 9">{each}</svg>') for each in contents]
    pictures = [f'<img src="x" alt="words" width="800" data-drawn="{mark}">' for mark in marks]
    soup = BeautifulSoup(
        "".join(picture for picture, mark in zip(pictures, marks, strict=True) if mark),
        "html.parser",
    )
    drawings.place(soup)
    return drawings.put_in(soup.decode(formatter="html5"))


def harmless(page):
    soup = BeautifulSoup(page, "lxml")  # another parser than the ones that cleaned it
    for tag in [tag for tag in soup.find_all(True) if tag.name not in ("html", "body")]:
        assert tag.name in TAGS
        assert {name.lower() for name in tag.attrs} <= NAMES
        for value in tag.attrs.values():
            assert not re.search(r"javascript|//x|file:|svg\+xml|url\((?!#f\d)", str(value), re.I)
        assert re.match(r"#f\d+-|data:image/png;base64,", str(tag.get("href", "#f1-")))
        assert tag.name in ("path", "clippath", "pattern") or "id" not in tag.attrs


@pytest.mark.parametrize("attack", ATTACKS)
def test_known_attacks_are_inert(attack):
    harmless(within_a_page(attack))
    harmless(within_a_page(f"<g>{attack}<text>after</text></g>"))


@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<g>", "</g>", "<text>", "</text>", "'", '"', "<", ">", "日本"]),
        max_size=6,
    )
)
def test_any_mixture_is_inert_also_when_it_is_read_and_written_again(parts):
    once = within_a_page("".join(parts))
    harmless(once)
    harmless(BeautifulSoup(once, "html.parser").decode(formatter="html5"))  # as for a PDF


PLAIN = (
    '<defs><path d="M0 0L0 3.5" id="i0" stroke="#222222"/></defs><use href="#i0" x="1" y="2"/>'
    '<g clip-path="url(#i1)"><path d="M1 1" fill="url(#i2)"/></g>'
    '<text x="1" y="2" font-size="10" transform="rotate(-90 1 2)">a &lt; b &amp; 顧客</text>'
    '<defs><clipPath id="i1"><rect x="0" width="9" height="9"/></clipPath>'
    '<pattern patternUnits="userSpaceOnUse" id="i2"><rect width="3" fill="#009e73"/></pattern>'
    '</defs><image href="data:image/png;base64,AAAA" width="3"/>'
)


def test_no_blank_of_a_label_is_merged_with_another():
    page = within_a_page("<text>\u2003 1  phone   (n = 12) </text>")
    words = BeautifulSoup(page, "html.parser").find("text").string
    assert words.replace("\xa0", " ") == "\u2003 1  phone   (n = 12) "
    assert not re.search("^ |  | $", words)


def test_what_a_figure_needs_stays_and_its_ids_are_its_own():
    page = within_a_page(PLAIN, PLAIN)
    first, second = re.findall("<svg.*?>(.*?)</svg>", page)
    for number, found in ((1, first), (2, second)):
        expected = re.sub(r'(id="|#)(i\d)', rf"\1f{number}-\2", PLAIN)
        assert found == expected
    soup = BeautifulSoup(page, "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)) == 6
    assert all(tag["role"] == "img" and tag["aria-label"] for tag in soup.find_all("svg"))
    assert soup.svg["width"] == "800"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<p>x</p>",
        "<svg></svg>",
        '<svg viewBox="0 0 9 9" onload="x()">a</svg>',
        '<svg viewBox="0 0 9 1e9">a</svg>',
        '<svg viewBox="0 0 9 9"></svg><p>x</p><svg></svg>',
    ],
)
def test_what_is_no_figure_of_ours_is_not_taken(content):
    assert Drawings().mark(content) == ""


def test_the_marks_of_another_page_stay():
    other, drawings = Drawings(), Drawings()
    mark = other.mark('<svg viewBox="0 0 9 9"><path d="M0 0"/></svg>')
    assert mark
    assert drawings.put_in(mark) == mark
