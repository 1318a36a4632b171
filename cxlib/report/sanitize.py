"""HTML from a notebook's outputs and prose -> the same HTML with nothing in it that runs or
fetches.

Customers' words may stand in any output. What is on no list of allowed tags and attributes is taken
away, by nh3: it reads markup as browsers do.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from cxlib.report.plan import report_name

_EVERYWHERE = {"class", "lang", "dir", "title"}
_TAGS = """
    a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span
    strong sub summary sup table tbody td tfoot th thead tr u ul var wbr
"""
_OWN = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "scope"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
}
# of any other tag that is not allowed, what is in it stays
_WITH_CONTENT = """
    applet audio canvas embed frameset head iframe math noembed noframes noscript object picture
    plaintext script select style svg template textarea title video xmp
"""
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_INDEX = "../../index.html#"
# or to a page beside it (see `beside`)
_LINK = re.compile(rf"(https?://|mailto:|#|{re.escape(_INDEX)}|views/\d+\.html\Z)", re.I)
# links, pictures, comments and what turns writing; of all other markup nh3 alone decides
_LOOKED_AT = re.compile(r"<(?:a|img|image)\b|<[!?]|\bdir\s*=", re.I)
_NOTEBOOK = re.compile(r"[\w./ -]*\.ipynb")


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Return an attribute's value; None where a link or a picture leads out of the page."""
    if (tag, attribute) == ("a", "href"):
        return value if _LINK.match(value) else None
    if (tag, attribute) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags=set(_WITH_CONTENT.split()),
    attributes={"*": _EVERYWHERE, **_OWN},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "data"},
)


def inert_html(markup: str) -> str:
    """Return balanced HTML that runs nothing and fetches nothing.

    Scripts, styles, frames and forms go; links stay where they lead to the web, to a place in the
    page, to a page beside it, or to another notebook (they then lead to its entry in the index);
    pictures stay where they are in the page itself, and of any other its words do.

    >>> inert_html('<b onclick="x()">a</b><script>y()</script>')
    '<b>a</b>'
    >>> inert_html('<img src="https://example.org/z.png" alt="z">')
    'z'
    """
    if not _LOOKED_AT.search(markup):
        return _CLEANER.clean(markup)
    soup = BeautifulSoup(markup, "html.parser")
    for note in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        note.extract()  # a comment may end earlier for a browser than for this parser
    for picture in soup.find_all("img"):
        if not _PICTURE.fullmatch(str(picture.get("src", ""))):
            picture.replace_with(str(picture.get("alt", "")))
    for tag in soup.find_all(dir=True):
        if str(tag["dir"]).lower() != "ltr":
            tag["dir"] = "auto"  # by its letters: figures alone are never turned around
    for link in soup.find_all("a", href=True):
        _lead(link)
    return _CLEANER.clean(soup.decode(formatter="html5"))


def _lead(link: Tag) -> None:
    href = str(link["href"]).strip()
    if _NOTEBOOK.fullmatch(href):
        link["href"] = f"{_INDEX}{report_name(PurePosixPath(href))}"
    elif _LINK.match(href):
        link["href"] = href
    else:
        link.unwrap()
