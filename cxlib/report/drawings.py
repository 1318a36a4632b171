"""Figures of a notebook as SVG -> the same within its page: inert, each with its words and ids of
its own."""

from __future__ import annotations

import re
import uuid

import nh3
from bs4 import BeautifulSoup

from cxlib.shown.inline_svg import ATTRIBUTES, TAGS

_WHOLE = re.compile(r'<svg viewBox="0 0 (\d{1,5}(?:\.\d+)?) (\d{1,5}(?:\.\d+)?)">(.*)</svg>', re.S)
_NAMED = ("path", "clipPath", "pattern")  # no group: copies of copies of one never end
_SILENT = "script style foreignObject title desc metadata textarea noscript iframe math template"
_NAME = re.compile(r"[\w-]+")
_WITHIN = re.compile(r"(#|url\(#)([\w-]+)(\)?)")
_PIXELS = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]*")
_LABEL = re.compile("(<text[^>]*>)([^<]*)")
_MERGED = re.compile("^ | $| (?= )")  # blanks that are lost beside another one, or at an end
_EMPTY = re.compile(r"></(?:path|use|rect|image)>")
# before a page's style is read; there Korean has its own forms too
_FAMILIES = "cx-figure, cx-cjk, DejaVu Sans, sans-serif"


class Drawings:
    """The figures of a page that are drawn in it, which no step of making it looks into.

    Examples
    --------
    >>> drawings = Drawings()
    >>> mark = drawings.mark('<svg viewBox="0 0 9 9"><text onclick="x()">NPS</text></svg>')
    >>> soup = BeautifulSoup(f'<img alt="a &lt; b" data-drawn="{mark}">', "html.parser")
    >>> drawings.place(soup)
    >>> drawings.put_in(str(soup.svg))[-23:]
    '><text>NPS</text></svg>'
    """

    def __init__(self) -> None:
        self._name = uuid.uuid4().hex  # nothing that a notebook shows can be a mark
        self._kept: list[tuple[str, str]] = []  # the size of each, and what is in it

    def mark(self, content: str) -> str:
        """Keep an SVG of `cxlib.shown.inline_svg`; return what stands for it, or "" where it is
        none such."""
        found = _WHOLE.fullmatch(content.strip())
        inner = _inert(found[3], f"f{len(self._kept) + 1}-") if found else ""
        if not found or not inner:
            return ""
        self._kept.append((f"0 0 {found[1]} {found[2]}", inner))
        return f"{self._name}-{len(self._kept) - 1}-"

    def place(self, soup: BeautifulSoup) -> None:
        """Put an SVG with the same words in the place of each picture that has a mark in
        `data-drawn`."""
        for picture in soup.find_all("img", attrs={"data-drawn": True}):
            mark = str(picture["data-drawn"])
            about = {
                "role": "img",
                "aria-label": str(picture["alt"]),
                "viewbox": self._kept[self._number(mark)][0],
                "preserveaspectratio": "xMinYMin",
                "stroke-linejoin": "round",
                "font-family": _FAMILIES,
            }
            if "width" in picture.attrs:
                about["width"] = str(picture["width"])
            drawn = soup.new_tag("svg", attrs=about)
            drawn.string = mark
            picture.replace_with(drawn)

    def put_in(self, markup: str) -> str:
        """Return markup with each figure in the place of its mark."""
        return re.sub(rf"{self._name}-\d+-", lambda it: self._kept[self._number(it[0])][1], markup)

    def _number(self, mark: str) -> int:
        return int(mark.removeprefix(self._name)[1:-1])


def _inert(inner: str, own: str) -> str:
    """Return what is in an SVG without what runs, fetches or styles, its ids beginning with `own`;
    "" where it is not all within it."""

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return f"{own}{value}" if _NAME.fullmatch(value) else None
        if attribute == "href" and tag == "image":
            return value if _PIXELS.fullmatch(value) else None
        if found := _WITHIN.fullmatch(value):
            return f"{found[1]}{own}{found[2]}{found[3]}" if _leads(attribute, found) else value
        return None if attribute == "href" or ("(" in value and attribute != "transform") else value

    cleaned = nh3.clean(
        f"<svg>{inner}</svg>",
        tags={"svg", *TAGS},
        clean_content_tags=set(_SILENT.split()),
        attributes={"*": set(ATTRIBUTES), **{tag: {"id"} for tag in _NAMED}},
        attribute_filter=kept,
        url_schemes={"data"},
        link_rel=None,
    )
    inside = cleaned.removeprefix("<svg>").removesuffix("</svg>")
    if "<svg" in inside or "</svg" in inside:
        return ""
    return _LABEL.sub(lambda it: it[1] + _MERGED.sub("\u00a0", it[2]), _EMPTY.sub("/>", inside))


def _leads(attribute: str, found: re.Match[str]) -> bool:
    """Return whether a value leads to a place within the figure; a colour is `#222222` too."""
    return attribute == "href" or found[1] != "#"
