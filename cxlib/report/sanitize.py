"""HTML from a notebook's outputs and prose -> the same HTML with nothing in it that runs or
fetches.

Customers' words may stand in any output. What is not on the list of allowed tags and attributes is
taken away."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from cxlib.report.plan import report_name

_EVERYWHERE = {"class", "lang", "dir", "title"}
_TAGS = """a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img
    ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul
    var wbr"""  # noqa: E501
_OWN = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "scope"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
}
_ALLOWED = {tag: _EVERYWHERE | _OWN.get(tag, set()) for tag in _TAGS.split()}
_WITH_CONTENT = {
    "applet",
    "audio",
    "base",
    "canvas",
    "embed",
    "frame",
    "frameset",
    "head",
    "iframe",
    "link",
    "math",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "picture",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    "xmp",
}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"(https?://|mailto:|#)", re.I)
_NOTEBOOK = re.compile(r"[\w./ -]*\.ipynb")


def inert_html(markup: str) -> str:
    """Return balanced HTML that runs nothing and fetches nothing.

    Scripts, styles, frames and forms go; links stay where they lead to the web, to a place in the
    page, or to another notebook (they then lead to its entry in the index); pictures stay where
    they are in the page itself.

    >>> inert_html(
    ...     '<b onclick="x()">a</b><script>y()</script><img src="https://example.org/z.png" alt="z">'
    ... )
    '<b>a</b>z'
    """  # noqa: E501
    soup = BeautifulSoup(markup, "html.parser")
    for note in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        note.extract()
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        if tag.name in _WITH_CONTENT:
            tag.decompose()
        elif tag.name not in _ALLOWED:
            tag.unwrap()
        else:
            _strip(tag)
    return soup.decode(formatter="html5")


def _strip(tag: Tag) -> None:
    tag.attrs = {name: value for name, value in tag.attrs.items() if name in _ALLOWED[tag.name]}
    if tag.name == "img" and not _PICTURE.fullmatch(str(tag.get("src", ""))):
        tag.replace_with(str(tag.get("alt", "")))
    if tag.name == "a" and "href" in tag.attrs:
        href = str(tag["href"]).strip()
        if _NOTEBOOK.fullmatch(href):
            name = report_name(PurePosixPath(href))
            tag["href"] = f"../../index.html#{name}"
        elif _LINK.match(href):
            tag["href"] = href
            if not href.startswith("#"):
                tag["rel"] = "noopener noreferrer"
        else:
            tag.unwrap()
