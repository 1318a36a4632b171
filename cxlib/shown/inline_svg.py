"""A figure -> a small SVG whose letters are text, for a page that carries their fonts.

Nothing else shows it: whoever has no such font would see labels of another width.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from cxlib.inert import visible
from cxlib.shown import theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

MIME = "application/vnd.cxlib.svg"  # of an output: programs that do not know it show the PNG
PAGE = "CX_PAGE"  # the variable that is set where outputs become a page of `cx run`
LATIN_FAMILY = "DejaVu Sans"  # of matplotlib, whose letters the page carries too
_LOOK: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "cxlib"}
TAGS = ("g", "path", "use", "text", "rect", "clipPath", "pattern", "defs", "image")
_LEFT_OUT = frozenset(("metadata", "style", "title"))
_SHAPES = "d x y width height transform clip-path patternUnits href"
_PAINTS = """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linejoin stroke-linecap
    stroke-dasharray stroke-dashoffset stroke-miterlimit opacity text-anchor font-size
"""
_PAINT = frozenset(_PAINTS.split())
ATTRIBUTES = frozenset(_SHAPES.split()) | _PAINT  # and ids, which a page makes its own
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_LETTER = re.compile(r"\s*([A-Za-z])\s*")
_USED = re.compile(r"(?:^|url\()#([\w-]+)")
_UNTURNED = re.compile(r"rotate\(-?0( [^)]*)?\)\s*")


class _OtherLookError(Exception):
    """The page could not show it as it is drawn."""


def inline_svg(figure: Figure, room: Bbox | str) -> str:
    """Return a figure as SVG, `<svg viewBox="0 0 width height">…</svg>` in points; "" where a page
    could not show it as it is drawn: letters of another font than the suite's two, bold or slanted
    ones, formulas, or shades that few drawings have.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        To be drawn, in the look that it is shown in.
    room : matplotlib.transforms.Bbox or "tight"
        What of it, in inches.

    Notes
    -----
    Of what matplotlib writes, names of groups, descriptions and styles go; numbers have two digits
    (a hundredth of a point), paints are attributes, and ids that something refers to are numbered.
    Equal figures are equal to the byte.
    """
    import matplotlib as mpl

    written = io.StringIO()
    with mpl.rc_context(_LOOK):
        figure.savefig(written, format="svg", bbox_inches=room, metadata={"Date": None})
    try:
        root = ElementTree.fromstring(visible(written.getvalue()))
        _number(root)
        inner = "".join(_written(root))
    except (ElementTree.ParseError, _OtherLookError):
        return ""
    *_, wide, high = root.get("viewBox", "").split()
    size = f"{_rounded(wide, 2)} {_rounded(high, 2)}"
    return f'<svg viewBox="0 0 {size}">{inner}</svg>'


def _written(parent: ElementTree.Element) -> Iterator[str]:
    """Give the children of an element as markup."""
    for child in parent:
        tag = _local(child.tag)
        if tag in _LEFT_OUT:
            continue
        if tag not in TAGS:
            raise _OtherLookError(tag)
        attributes = _attributes(child)
        if tag == "path" and _is_unseen(attributes):
            continue
        inner = escape(child.text or "") if tag == "text" else "".join(_written(child))
        if tag == "text" and len(child):
            raise _OtherLookError("a formula")
        if tag in ("g", "defs") and (not inner or (tag == "g" and not attributes)):
            yield inner
            continue
        told = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        yield f"<{tag}{told}>{inner}</{tag}>" if inner else f"<{tag}{told}/>"


def _is_unseen(path: Mapping[str, str]) -> bool:
    """Return whether a path has neither ink nor a name, as cells of a matrix without a value."""
    return path.get("fill") == "none" and "stroke" not in path and "id" not in path


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """Return the attributes that a page needs; of a style, its paints.

    Raises
    ------
    _OtherLookError
        If one of them asks for what the page has not.
    """
    found: dict[str, str] = {}
    for name, value in element.attrib.items():
        if (short := _local(name)) in ATTRIBUTES or short == "id":
            found[short] = _shape(short, value)
    style = dict(part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    paints = {name.strip(): value.strip() for name, value in style.items()}
    if families := paints.pop("font-family", ""):
        _refuse_other_font(families)
    paints.pop("image-rendering", None)
    if strange := set(paints) - _PAINT:
        raise _OtherLookError(strange)
    if found.get("transform") == "":
        del found["transform"]
    return found | {name: _paint(name, value) for name, value in paints.items()}


def _shape(name: str, value: str) -> str:
    if name == "d":
        return _LETTER.sub(r"\1", _short(value, 2)).strip()
    if name == "transform":
        return _short(_UNTURNED.sub("", value), 4).strip()
    return value if name in ("href", "id") else _short(value, 2)


def _paint(name: str, value: str) -> str:
    return _short(value.removesuffix("px") if name == "font-size" else value, 3)


def _refuse_other_font(families: str) -> None:
    named = [family.strip(" '\"") for family in families.split(",")]
    here = [family for family in named if family in _installed()]  # as matplotlib takes them
    if here[:1] != [LATIN_FAMILY] or theme.CJK_FAMILY not in here:
        raise _OtherLookError(families)


@functools.cache
def _installed() -> frozenset[str]:
    from matplotlib.font_manager import fontManager

    return frozenset(font.name for font in fontManager.ttflist)


def _short(value: str, digits: int) -> str:
    return _NUMBER.sub(lambda found: _rounded(found[0], digits), value)


def _rounded(number: str, digits: int) -> str:
    """Return a number in few digits.

    >>> _rounded("-0.00049", 2), _rounded("12.500", 2)
    ('0', '12.5')
    """
    found = f"{float(number):.{digits}f}"
    found = found.rstrip("0").rstrip(".") if "." in found else found
    return "0" if found == "-0" else found


def _number(root: ElementTree.Element) -> None:
    """Number the ids that something refers to, in the order in which they stand; the others go."""
    everything = list(root.iter())
    values = [value for each in everything for value in each.attrib.values()]
    used = {name for value in values for name in _USED.findall(value)}
    names: dict[str, str] = {}
    for each in everything:
        if (name := each.attrib.pop("id", "")) in used:
            each.set("id", names.setdefault(name, f"i{len(names)}"))

    def renamed(found: re.Match[str]) -> str:
        return found[0].replace(found[1], names.get(found[1], found[1]))

    for each in everything:
        each.attrib = {key: _USED.sub(renamed, value) for key, value in each.attrib.items()}


def _local(name: str) -> str:
    return name.rpartition("}")[2]
