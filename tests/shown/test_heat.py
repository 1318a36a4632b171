"""A heat map shows each value in its own cell, missing ones in none, in words that can be read."""

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from seaborn.utils import relative_luminance

from cxlib.shown import theme
from cxlib.shown.heat import heat

MATRIX = pd.DataFrame(
    {"ja": [0.0, 1.0, np.nan], "顧客": [0.25, 0.5, 0.75]}, index=["a", "手間", "c"]
)


@pytest.fixture
def ax():
    ax = theme.axes()
    yield ax
    plt.close(ax.figure)


def test_each_value_has_its_cell_and_a_missing_one_has_none(ax):
    cells = MATRIX.map(lambda value: f"{value:.2f}")
    mesh = heat(ax, MATRIX, low=0, high=1, cells=cells)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {
        (0.5, 0.5): "0.00",
        (0.5, 1.5): "1.00",
        (1.5, 0.5): "0.25",
        (1.5, 1.5): "0.50",
        (1.5, 2.5): "0.75",
    }
    np.testing.assert_array_equal(mesh.get_array().filled(np.nan), MATRIX.to_numpy())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["ja", "顧客"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "手間", "c"]
    top, bottom = ax.transData.transform([(0, 0), (0, 3)])[:, 1]
    assert top > bottom  # the first row is on top


def test_without_texts_there_are_none(ax):
    heat(ax, MATRIX, low=0, high=1)
    assert not ax.texts


white, ink = map(matplotlib.colors.to_rgb, ("white", theme.INK))


def contrast(one, other):
    """WCAG 2, relative luminance and contrast ratio."""
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_stands_out_from_its_shade(ax):
    matrix = pd.DataFrame([np.linspace(0, 1, 101)])
    mesh = heat(ax, matrix, low=0, high=1, cells=matrix.map(str))
    assert len(ax.texts) == 101
    for written in ax.texts:
        shade = mesh.to_rgba(float(written.get_text()))
        found = contrast(shade, matplotlib.colors.to_rgba(written.get_color()))
        assert found >= max(contrast(shade, white), contrast(shade, ink)) * 0.9
        assert found > 3.5
