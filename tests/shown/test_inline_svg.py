"""A figure as SVG has its words as text, and draws what its PNG draws."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import TwoSlopeNorm
from matplotlib.patches import Rectangle

from cxlib.shown import theme
from cxlib.shown.inline_svg import inline_svg


@pytest.fixture(autouse=True)
def look():
    with theme.look():
        yield
    plt.close("all")


def drawn(ax):
    found = inline_svg(ax.figure, "tight")
    return ElementTree.fromstring(found) if found else None


def words_of(root):
    return ["".join(text.itertext()) for text in root.iter("text")]


HOSTILE = [
    "</text><script>alert(1)</script>",
    "<![CDATA[ x ]]>",
    'id="i0" href="#i0" url(#i0)',
    "&lt;b&gt; & ' \" -->",
    "顧客の声 고객의 목소리 é − “x”",
    "$5 to $7, and $\\frac{1}{2}$",
    " a   b ",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text_to_the_letter(label):
    ax = theme.axes()
    ax.set_yticks([0.5], [label])
    ax.set_xticks([])
    assert words_of(drawn(ax)) == [label]


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_any_label_gives_markup_that_can_be_read(label):
    ax = theme.axes(width=2, height=2)
    ax.set_axis_off()
    ax.text(0.5, 0.5, label)
    try:
        root = drawn(ax)
    finally:
        plt.close(ax.figure)
    assert {each.tag for each in root.iter()} <= {"svg", "path", "text"}
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", "".join(words_of(root)))


def several_kinds():
    figure, axes = plt.subplots(2, 2)
    axes[0, 0].plot([0, 1], [1, 2], marker="o", linestyle="--")
    axes[0, 0].scatter([0, 1, 2], [2, 1, 0], c=[1, 2, 3], s=[9, 20, 30])
    axes[0, 1].bar(["a", "b"], [1, 2], hatch="//")
    axes[0, 1].annotate("here", (0, 1), (1, 1.5), arrowprops={"arrowstyle": "->"})
    axes[1, 0].imshow(np.arange(12).reshape(3, 4))
    mesh = axes[1, 1].pcolormesh(np.arange(6).reshape(2, 3), norm=TwoSlopeNorm(2))
    figure.colorbar(mesh)
    axes[1, 1].add_patch(Rectangle((0, 0), 1, 1, fill=False))
    return axes[0, 0]


def test_ids_are_those_that_something_refers_to_and_equal_figures_are_equal():
    first, second = (inline_svg(several_kinds().figure, "tight") for _ in range(2))
    assert first == second
    ids = re.findall(r' id="([^"]*)"', first)
    used = set(re.findall(r'(?:url\(|href=")#([^")]*)', first))
    assert len(ids) == len(set(ids)) == len(used) > 3
    assert set(ids) == used


def test_cells_without_a_value_weigh_nothing():
    ax = theme.axes()
    ax.set_axis_off()
    values = np.ma.masked_less(np.arange(100.0).reshape(10, 10), 90)
    ax.pcolormesh(values)
    paths = [each for each in drawn(ax).iter("path") if "clip-path" in each.attrib]
    assert len(paths) == values.count() == 10


def test_nothing_is_left_to_a_style_or_to_somebody_else():
    found = inline_svg(several_kinds().figure, "tight")
    assert not re.search("style|font-family|<metadata|<!--|<\\?|http", found)
    assert found.startswith('<svg viewBox="0 0 ')


@pytest.mark.parametrize(
    "change",
    [
        {"fontweight": "bold"},
        {"fontstyle": "italic"},
        {"family": "DejaVu Serif"},
        {"family": ["Noto Sans CJK JP"]},
        {"parse_math": True},
    ],
)
def test_what_the_fonts_of_a_page_do_not_show_is_no_svg(change):
    ax = theme.axes()
    ax.set_title("NPS $x^2$")
    assert inline_svg(ax.figure, "tight")
    ax.set_title("NPS $x^2$", **change)
    assert inline_svg(ax.figure, "tight") == ""


@pytest.mark.filterwarnings("ignore:findfont")
def test_a_font_that_is_not_here_is_nobodys_wish():
    """As after `seaborn.set_theme()` on a machine without Arial."""
    ax = theme.axes()
    ax.set_title("NPS", family=["No Such Font", "DejaVu Sans", theme.CJK_FAMILY])
    assert inline_svg(ax.figure, "tight")


def test_shades_that_few_have_are_no_svg():
    ax = theme.axes()
    x, y = np.meshgrid([0, 1, 2], [0, 1])
    ax.pcolormesh(x, y, x + y, shading="gouraud")
    assert inline_svg(ax.figure, "tight") == ""
