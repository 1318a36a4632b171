"""What is said of a figure are the numbers that it shows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import nps
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.behind import Behind, behind, thin
from cxlib.shown.picture import picture

values = st.lists(st.floats(-100, 100), min_size=1, max_size=60)


def numbers(found, **about):
    frame = pd.DataFrame({"nps": found, "n": range(1, len(found) + 1)})
    frame = frame.assign(ci_low=frame["nps"] - 1, ci_high=frame["nps"] + 1)
    formats = {"n": "integer", **dict.fromkeys(("nps", "ci_low", "ci_high"), "points")}
    usual = {
        "labels": [f"g{place}" for place in range(len(found))],
        "values": ("nps",),
        "ends": {"nps": ("ci_low", "ci_high")},
        "n": "n",
        "formats": formats,
        "topic": "nps",
    }
    return Behind(frame=frame, **{**usual, **about})


@given(values)
def test_the_words_say_the_values_as_they_are_written(found):
    said = numbers(found).alt()
    rows = re.findall(r"(g\d+): (\S+) \[(\S+), (\S+)\] \(n = (\d+)\)", said)
    named = {row[0]: row for row in rows}
    assert list(named)[: min(len(found), 12)] == [f"g{i}" for i in range(min(len(found), 12))]
    for label, value, low, high, n in rows:
        raw = found[int(label[1:])]
        assert [value, low, high] == [words.number(each, 1) for each in (raw, raw - 1, raw + 1)]
        assert int(n) == int(label[1:]) + 1
    if len(found) > 14:  # of two more, both are said
        assert f"and {len(found) - 12} more" in said
        rest = [words.number(found[int(row[0][1:])], 1) for row in rows[-2:]]
        assert rest == [words.number(each, 1) for each in (min(found[12:]), max(found[12:]))]


def test_a_value_that_is_not_known_is_not_invented():
    said = numbers([1.0, np.nan, 3.0]).alt()
    assert "g1" not in said
    frame = pd.DataFrame({"nps": [np.nan], "ci_low": [-5.0], "ci_high": [7.0]})
    about = {"labels": ["all"], "values": ("nps",), "ends": {"nps": ("ci_low", "ci_high")}}
    formats = dict.fromkeys(frame, "points")
    assert Behind(frame=frame, formats=formats, topic="nps", **about).alt() == "all: −5.0 to 7.0"


def test_the_table_has_each_number_once_and_a_heat_map_is_as_wide():
    table = numbers([1.0, 2.0]).table().written()
    assert table.to_numpy().tolist() == [
        ["g0", "1", "1.0", "0.0", "2.0"],
        ["g1", "2", "2.0", "1.0", "3.0"],
    ]
    wide = numbers([1.0, 2.0, 3.0], labels=["a", "b", "a"], across=[1, 1, 2]).table().written()
    assert list(wide.columns[1:]) == ["1", "2"]
    assert wide.to_numpy().tolist() == [["a", "1.0", "3.0"], ["b", "2.0", "–"]]


@given(st.integers(1, 90), st.integers(2, 20))
def test_a_thinned_curve_keeps_its_ends(rows, most):
    kept = thin(pd.DataFrame({"x": range(rows)}), most=most)["x"].tolist()
    assert len(kept) == min(rows, most)
    assert (kept[0], kept[-1]) == (0, rows - 1)


def test_a_figure_shows_its_numbers_under_a_fold_and_escapes_what_customers_wrote():
    rows = pd.DataFrame({"g": ["<script>x</script>"] * 6 + ["b"] * 6, "score": [10, 9, 3] * 4})
    shown = picture(nps.score(nps.count_scores(rows, score="score", by="g"), by="g").plot())
    (fold,) = shown.folds
    html = fold.to_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.startswith('<details class="cx-behind"><summary>The numbers behind this figure<')
    assert "<script>x</script>: 33.3 [" in shown.alt


def test_a_figure_of_somebodys_own_has_titles_and_axes_alone():
    ax = theme.axes()
    ax.set_xlabel("week")
    assert behind(ax.figure) == ()
    assert repr(picture(ax)) == "x: week."


def test_the_numbers_go_with_their_figure():
    import gc

    import matplotlib.pyplot as plt

    ax = nps.score(nps.count_scores(pd.DataFrame({"score": [10, 3, 9]}), score="score")).plot()
    figure = ax.figure
    assert behind(figure)
    plt.close(figure)
    from cxlib.shown import behind as module

    before = len(module._SHOWN)
    del ax, figure
    gc.collect()
    assert len(module._SHOWN) < before


@pytest.mark.parametrize("language", ["en"])
def test_the_words_are_in_the_readers_language(language):
    assert "(n = 1)" in numbers([1.0], language=language).alt()
