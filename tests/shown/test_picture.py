"""A picture has words for those who cannot see it."""

from __future__ import annotations

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.transforms import Bbox
from PIL import Image, ImageChops

from cxlib.shown import theme
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
