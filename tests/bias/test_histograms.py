"""The shape of the scores, by channel: its test, its peaks, and what is missing between them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    EmptyDataError,
    ParameterError,
    ScoreRangeError,
)
from cxlib.methods import multiplicity

# the case files of R diptest have these leaves; the dip itself is not offered, since it rejects
# every lattice (`bias.shape`, Notes)
DIP_LEAVES = {
    "n",
    "skew_G1",
    "exkurt_G2",
    "bimodality_coefficient",
    "dip",
    "dip_p_interpolated",
}
J = (15, 6, 4, 2, 2, 4, 5, 9, 13, 15, 25)
FALLING = (1, 1, 1, 2, 3, 4, 6, 9, 14, 22, 37)


def answers(counts, lowest=0, **columns):
    scores = np.repeat(np.arange(len(counts)) + lowest, counts)
    return pd.DataFrame({"점수": scores}).assign(**columns)


def test_shape_by_channel():
    rows = pd.DataFrame(
        {"점수": [0] * 30 + [10] * 30 + [5] * 40, "窓口": ["電話"] * 60 + ["店舗"] * 40}
    )
    found = bias.shape(rows, score="점수", channel="窓口")
    frame = found.frame.set_index("channel")
    assert_allclose(
        frame.loc["電話", ["share_low", "share_high", "share_ends"]].astype(float), [0.5, 0.5, 1.0]
    )
    assert np.isnan(frame.loc["店舗", "bimodality"])  # all the same
    assert frame.loc["店舗", "pvalue"] == 1
    assert found.histogram.groupby("channel")["score"].count().eq(11).all()
    assert_allclose(found.histogram.groupby("channel")["share"].sum(), 1)
    assert_allclose(found.histogram.groupby("channel")["one_peak"].sum(), 1)
    assert frame.loc["電話", ["peak_low", "peak_high"]].tolist() == [0, 10]
    assert_allclose(
        frame.iloc[1:]["pvalue_adj"], multiplicity.adjust_pvalues(frame.iloc[1:]["pvalue"])
    )
    assert frame.iloc[0]["pvalue_adj"] == frame.iloc[0]["pvalue"]


@pytest.mark.parametrize(("language", "name"), [("en", "all answers"), ("ja", "全回答")])
def test_the_row_of_all_answers_is_called_so(language, name):
    data = pd.DataFrame({"score": [0, 5, 10, 10], "channel": ["web", "web", "shop", "shop"]})
    found = bias.shape(data, score="score", channel="channel")
    shown = found.table(language=language).written().iloc[:, 0]
    assert sorted(shown) == sorted([name, "web", "shop"])
    assert set(found.frame["channel"]) == {"", "web", "shop"}


def test_answers_that_fall_from_10_are_one_camp_whatever_the_coefficient_says():
    found = bias.shape(answers(FALLING), score="점수").frame.iloc[0]
    assert found["bimodality"] > 5 / 9
    assert found["statistic"] == 0
    assert found["pvalue"] == 1
    assert found[["peak_low", "peak_high"]].isna().all()


def test_the_cases_of_r_diptest(expected):
    """Their 5-star histograms, J and one peak, get the verdict that they were made for."""
    verdicts = {"jshape_5star": True, "unimodal_5star": False}
    for case, two in verdicts.items():
        assert set(expected[case]["expected"]) <= DIP_LEAVES
        counts = list(expected[case]["data"]["counts"].values())
        found = bias.shape(answers(counts, 1), score="점수", scale=(1, 5)).frame.iloc[0]
        assert (found["pvalue"] < 0.01) == two
        assert found["n"] == expected[case]["expected"]["n"]
        assert_allclose(
            found["bimodality"], expected[case]["expected"]["bimodality_coefficient"], rtol=1e-6
        )


@settings(max_examples=40, deadline=None)
@given(
    # the ends are used, so that no answers contradict the scale
    st.lists(st.integers(0, 30), min_size=3, max_size=11).filter(lambda n: n[0] and n[-1]),
    st.integers(-3, 5),
)
def test_what_is_missing_lies_between_the_peaks_and_below_the_one_peaked_shape(counts, lowest):
    scale = (lowest, lowest + len(counts) - 1)
    made = answers(counts, lowest)
    found = bias.shape(made, score="점수", scale=scale) if made["점수"].nunique() > 1 else None
    if found is None:
        return
    row, bars = found.frame.iloc[0], found.histogram
    away = np.abs(bars["share"] - bars["one_peak"]).sum() / 2
    assert_allclose(row["off_one_peak"], away)
    assert (row["off_one_peak"] > 1e-12) == (row["statistic"] > 0)
    valley = bars[bars["valley"]]
    assert bool(len(valley)) == (row["pvalue"] < 0.05 and row["n"] >= 30)
    if len(valley):
        assert valley["score"].between(row["peak_low"], row["peak_high"], "neither").all()
        assert (valley["share"] < valley["one_peak"]).all()


def test_order_of_rows_and_of_channels_changes_nothing():
    rows = pd.concat([answers(J, ch="b"), answers(FALLING, ch="a")])
    one, other = (
        bias.shape(each, score="점수", channel="ch").frame for each in (rows, rows.iloc[::-1])
    )
    pd.testing.assert_frame_equal(one, other)
    alone = bias.shape(rows[rows["ch"] == "b"], score="점수").frame.iloc[0]
    assert alone["pvalue"] == one.set_index("channel").loc["b", "pvalue"]


def test_shape_refuses_and_passes_on():
    with pytest.raises(EmptyDataError):
        bias.shape(pd.DataFrame({"s": [None, None]}, dtype=float), score="s")
    with pytest.raises(ScoreRangeError, match="0 to 10"):
        bias.shape(pd.DataFrame({"s": [1.5]}), score="s")
    with pytest.raises(ParameterError, match="seeds"):
        bias.shape(pd.DataFrame({"s": [1]}), score="s", seeds=3)
    assert "Set “score”" in bias.shape(pd.DataFrame({"s": [1]}), score=None).summary()
    one = bias.shape(pd.DataFrame({"s": [3]}), score="s")
    assert one.frame["n"].tolist() == [1]


def test_a_figure_colours_what_is_missing_between_two_peaks_alone():
    for counts, two in ((J, True), (FALLING, False)):
        found = bias.shape(answers(counts), score="점수")
        ax = found.plot()
        bars = ax.child_axes[0].containers
        assert len(bars[0]) == 11
        assert len(bars[1]) == int(found.histogram["valley"].sum())
        assert bool(len(bars[1])) == two
        ax.figure.clear()


def test_what_is_alike_has_no_shape_and_full_answers_leave_no_range():
    data = pd.DataFrame({"score": [10] * 40, "g": ["a", "b"] * 20})
    assert "no shape to judge" in bias.shape(data, score="score").summary()
    nps = bias.estimate_nps(
        data, score="score", weights=bias.rake(data, targets={"g": {"a": 1, "b": 1}})
    )
    assert "nobody is silent" in bias.bounds(nps, invited=40).summary()
