"""A picture has words for those who cannot see it."""

from __future__ import annotations

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.transforms import Bbox
from PIL import Image, ImageChops

from cxlib.shown import theme
from cxlib.shown.behind import Behind, attach
from cxlib.shown.inline_svg import MIME, PAGE
from cxlib.shown.picture import picture


@pytest.fixture(autouse=True)
def look():
    with theme.use():
        yield


def test_a_picture_has_words_and_is_closed():
    before = plt.get_fignums()
    ax = theme.title(theme.axes(), "点数は上がった", "NPS, n = 12")
    ax.set_xlabel("wave")
    shown = picture(ax)
    assert plt.get_fignums() == before
    assert repr(shown) == "点数は上がった。NPS, n = 12. x: wave."
    data, metadata = shown._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"] == shown.alt
    assert picture(theme.axes(), alt="words").alt == "words"


@pytest.fixture
def for_page(monkeypatch):
    monkeypatch.setenv(PAGE, "1")


def test_only_a_page_gets_svg(monkeypatch):
    drawn = {}
    for told in ("", "1"):
        monkeypatch.setenv(PAGE, told)
        drawn[told], about = picture(theme.axes(), alt="words")._repr_mimebundle_()
        assert about["image/png"]["alt"] == "words"
    assert set(drawn[""]) == {"image/png", "text/plain"}
    assert set(drawn["1"]) == {"image/png", "text/plain", MIME}
    assert drawn["1"]["image/png"] == drawn[""]["image/png"]


@pytest.mark.parametrize("many", [3, 30_000])
def test_the_smaller_of_svg_and_png_is_taken(for_page, many):
    ax = theme.axes()
    ax.scatter(*np.random.default_rng(1).random((2, many)))
    data, _ = picture(ax, alt="dots")._repr_mimebundle_()
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as read:
        sharp = read.width > 8 * 144
    assert (MIME in data, sharp) == ((True, False) if many == 3 else (False, True))
    assert len(data.get(MIME, "").encode()) <= len(data["image/png"])


def test_what_the_fonts_of_a_page_do_not_show_is_a_sharp_png(for_page):
    ax = theme.axes(width=3, height=2)
    ax.set_title("bold", fontweight="bold")
    shown = picture(ax, alt="bold")
    assert shown.svg == ""
    with Image.open(io.BytesIO(shown.png)) as read:
        assert read.width > 1.9 * 300 * 0.8


def test_the_svg_shows_what_the_png_shows(for_page):
    """As much of the figure, each label as far from its left and its top."""
    ax = theme.axes(width=4, height=2)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.annotate("■", (-0.4, 1.3), xycoords="axes fraction", annotation_clip=False)
    shown = picture(ax, alt="a square")
    wide, high = map(float, re.search('viewBox="0 0 (.+?) (.+?)"', shown.svg).groups())
    dark = pixels(shown).max(-1) < 64
    assert dark.shape == pytest.approx((high * 2, wide * 2), abs=1)
    x, y = map(float, re.search('<text x="(.+?)" y="(.+?)"', shown.svg).groups())
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    assert (rows[0] / 2, columns[0] / 2) == pytest.approx((y - 7.5, x + 0.5), abs=1.5)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "ja",
            "推奨者は19%。有効回答、n = 12。横軸：回答（点）。縦軸：%。"
            "A：1.0%（n = 3）。B：2.0%（n = 4）。",
        ),
        (
            "ko",
            "推奨者は19%. 有効回答、n = 12. 가로축: 回答（点）. 세로축: %. "
            "A: 1.0%(n = 3); B: 2.0%(n = 4).",
        ),
        (
            "en",
            "推奨者は19%. 有効回答、n = 12. x: 回答（点）. y: %. "
            "A: 1.0 % (n = 3); B: 2.0 % (n = 4).",
        ),
    ],
)
def test_the_words_have_the_full_stop_of_the_pages_language(language, wanted):
    ax = theme.title(theme.axes(), "推奨者は19%", "有効回答、n = 12")
    ax.set(xlabel="回答（点）", ylabel="%")
    frame = pd.DataFrame({"share": [0.01, 0.02], "n": [3, 4]})
    formats = {"share": "percent", "n": "integer"}
    numbers = Behind(
        frame=frame,
        labels=["A", "B"],
        values=("share",),
        n="n",
        formats=formats,
        topic="nps",
        language=language,
    )
    attach(ax.figure, numbers)
    assert picture(ax).alt == wanted


def test_a_line_that_ended_where_no_blank_was_has_none_in_the_words():
    ax = theme.axes(width=3)
    title = "最も離れているのは「plan：family」で、回答者の32%、全体では20%"
    theme.title(ax, title)
    assert "\n" in ax.get_title(loc="left")
    assert picture(ax).alt.startswith(title)
    ax = theme.title(theme.axes(width=3), "回答の割合 " * 9)
    ax.set_title("hers\nalone")
    assert picture(ax).alt.startswith("hers alone.")


def pixels(shown):
    with Image.open(io.BytesIO(shown.png)) as read:
        return np.asarray(read.convert("RGB")).astype(int)


def whole(ax):
    """The figure on a sheet so large that nothing can be cut off, cropped to what is drawn."""
    figure, buffer = ax.figure, io.BytesIO()
    sheet = Bbox.from_extents(-13, -4, *np.add(figure.get_size_inches(), (12, 3)))
    figure.savefig(buffer, format="png", dpi=144, bbox_inches=sheet)
    with Image.open(buffer) as read:
        drawn = read.convert("RGB")
    return np.asarray(drawn.crop(ImageChops.invert(drawn).getbbox())).astype(int)


labels = st.text(st.sampled_from("ab 顧客가나,"), min_size=1, max_size=60).map(lambda a: f"|{a}|")


@settings(deadline=None, max_examples=8)
@given(labels, labels, st.floats(2, 12), st.sampled_from(["", "left", "right", "top"]))
def test_nothing_is_cut_off_however_long_its_labels(label, note, width, side):
    ax = theme.axes(width=width, height=3)
    theme.title(ax, label, note)
    ax.set_yticks([0, 1], [label, note])
    if side:
        at = {"left": (-0.2, 0.5), "right": (1.05, 0.5), "top": (0.5, 1.4)}[side]
        ax.annotate(note, at, xycoords="axes fraction")
    expected = whole(ax)
    found = pixels(picture(ax))
    high, wide, _ = expected.shape
    assert found.shape[0] >= high + 20
    assert found.shape[1] >= wide + 20
    top, left = (found.shape[0] - high) // 2, (found.shape[1] - wide) // 2
    if found.shape == (high + 28, wide + 28, 3):  # drawn once: the same place within a pixel
        inner = found[top : top + high, left : left + wide]
        assert (abs(inner - expected) > 60).mean() < 0.02
    assert not (found[[0, -1]] - 255).any()
    assert not (found[:, [0, -1]] - 255).any()


@pytest.mark.parametrize("at", [(-5, 0.5), (4, 0.5), (-2.2, 0.5)])
def test_what_lies_far_off_the_figure_is_not_lost(at):
    ax = theme.axes(width=3, height=2)
    ax.annotate("far away " * 3, at, xycoords="axes fraction")
    expected = whole(ax).shape
    assert pixels(picture(ax)).shape[1] >= expected[1]


def test_axes_that_keep_their_shape_keep_it():
    ax = theme.axes(width=9, height=3)
    ax.set_aspect("equal")
    ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0])
    ax.set_axis_off()
    high, wide, _ = pixels(picture(ax)).shape
    assert abs(high - wide) <= 2


def test_a_layout_of_the_researchers_is_kept():
    figure, axes = plt.subplots(1, 2, layout="constrained")
    axes[1].set_ylabel("a label")
    plain = axes[1].get_position().x0
    figure.draw_without_rendering()
    apart = axes[1].get_position().x0
    assert apart != pytest.approx(plain, abs=1e-3)
    assert picture(axes[0], alt="two").png.startswith(b"\x89PNG")
    assert axes[1].get_position().x0 == pytest.approx(apart, abs=1e-3)


def test_an_empty_figure_is_a_picture():
    ax = theme.axes()
    ax.set_axis_off()
    assert pixels(picture(ax, alt="nothing")).min() == 255


def test_a_dark_sheet_is_cut_at_what_is_drawn():
    ax = theme.axes(width=4, height=2)
    ax.figure.set_facecolor("#102030")
    found = pixels(picture(ax, alt="dark"))
    assert tuple(found[0, 0]) == (0x10, 0x20, 0x30)
    assert found.shape[1] < 4.5 * 144
