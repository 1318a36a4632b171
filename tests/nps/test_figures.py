"""Figures of many rows stay readable, and say what they leave out."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from cxlib.nps import figures


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "店": [f"店 {i}" for i in range(200)],
            "n": np.repeat([5, 9], [170, 30]),
            "nps": 10.0,
            "ci_low": -5.0,
            "ci_high": 20.0,
            "rate": 0.5,
        }
    )


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words(ax):
    return " ".join(text.get_text() for text in ax.texts)


@pytest.mark.parametrize("draw", [figures.levels, figures.shares])
def test_of_many_segments_those_with_the_most_answers_are_drawn_and_it_is_said(frame, draw):
    ax = draw(frame, ("店",), finding="f", measured="m")
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        f"店 {i}  (n = 9)" for i in range(170, 200)
    ]
    assert "the 30 largest of 200" in words(ax)
    assert "largest" not in words(draw(frame.head(30), ("店",), finding="f", measured="m"))


def test_of_many_waves_all_are_drawn_and_some_named(frame):
    ax = figures.levels(frame, ("店",), finding="f", measured="m", joined=True)
    assert len(ax.lines[0].get_xdata()) == 200
    assert len(ax.get_xticklabels()) == 20
    assert ax.figure.get_size_inches()[0] == 16
    assert (
        len(
            figures.levels(
                frame.head(20), ("店",), finding="f", measured="m", joined=True
            ).get_xticklabels()
        )
        == 20
    )


def test_a_number_stands_by_its_dot_where_there_is_no_interval(frame):
    alone = frame.head(1).assign(ci_low=np.nan, ci_high=np.nan)
    ax = figures.levels(alone, (), finding="f", measured="m")
    assert next(text for text in ax.texts if text.get_text() == "10.0").xy == (10.0, 0)


def test_no_line_crosses_the_minus_of_a_label():
    """A vertical line through the minus of "−24.5" makes a plus of it."""
    row = {"segment": "a", "rank": 1, "n": 28, "nps": -21.4, "shrunken": -24.5}
    low = pd.DataFrame([{**row, "ci_low": -44.9, "ci_high": -2.5}])
    ax = figures.league(low, "segment", finding="f", measured="m")
    ax.figure.draw_without_rendering()
    label = next(text for text in ax.texts if text.get_text() == "−24.5")
    zero = ax.transData.transform((0, 0))[0]
    box = label.get_window_extent()
    assert box.x0 < zero < box.x1  # the line at zero would go through it
    paper = label.get_bbox_patch()
    assert paper.get_facecolor() == (1, 1, 1, 1)
    upright = [line for line in ax.lines if list(line.get_xdata()) == [0, 0]]
    assert [label.get_zorder() > line.get_zorder() for line in upright] == [True]
