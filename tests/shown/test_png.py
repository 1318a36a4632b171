"""Pixels come back as they were from a PNG that another library reads."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cxlib.shown import theme
from cxlib.shown.png import png

sizes = st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4]))


@given(sizes.flatmap(lambda size: arrays(np.uint8, size)), st.integers(30, 600))
def test_pillow_reads_what_was_written(pixels, dpi):
    with Image.open(io.BytesIO(png(pixels, dpi=dpi))) as read:
        assert read.mode == ("RGB" if pixels.shape[2] == 3 else "RGBA")
        np.testing.assert_array_equal(np.asarray(read), pixels)
        assert read.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)  # dots a metre are whole


def test_a_drawing_is_smaller_than_matplotlib_writes_it():
    with theme.use():
        ax = theme.title(
            theme.axes(), "点数は上がった, and words in two scripts", "measured, n = 12"
        )
    ax.barh(range(8), range(8))
    ax.set_yticks(range(8), [f"group {number}" for number in range(8)])
    usual = io.BytesIO()
    ax.figure.savefig(usual, format="png", dpi=144)
    plt.close(ax.figure)
    with Image.open(usual) as read:
        pixels = np.asarray(read.convert("RGB"))
    assert len(png(pixels, dpi=144)) < len(usual.getvalue())
