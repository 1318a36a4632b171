"""CSAT and CES: shares of the top boxes and means against R, and where an interval cannot be
known."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.errors import ColumnError, ParameterError
from cxlib.nps.counts import count_scores
from cxlib.nps.satisfaction import METHODS, TopBox, top_box
from cxlib.nps.score_counts import ScoreCounts
from tests.conftest import ORACLES

R = json.loads((ORACLES / "nps" / "expected_r.json").read_text(encoding="utf-8"))  # make_r.R
RESPONSES = ORACLES / "nps" / "responses.csv"


def ready(*n):
    return ScoreCounts(
        pd.DataFrame({"score": range(1, 6), "n": n}).query("n > 0"), (), scale=(1, 5)
    )


def test_csat_equals_r():
    wanted = dict(R["csat_top2"])
    for method in METHODS:
        row = top_box(RESPONSES, score="csat", method=method).frame.iloc[0]
        assert (row["top"], row["n"], row["box"]) == (wanted["x"], wanted["n"], "4-5")
        assert_allclose(row["rate"], wanted["p"], rtol=1e-12)
        assert_allclose([row["ci_low"], row["ci_high"]], wanted.pop(method), rtol=1e-12)
    assert wanted.keys() == {"x", "n", "p"}


def test_ces_equals_r():
    row = top_box(RESPONSES, score="ces", scale=(1, 7), box=3).frame.iloc[0]
    wanted = R["ces_mean"]
    assert wanted.keys() == {"mean", "ci", "top3"}
    assert_allclose(
        [row["mean"], row["mean_ci_low"], row["mean_ci_high"]],
        [wanted["mean"], *wanted["ci"]],
        rtol=1e-12,
    )
    assert_allclose(row["rate"], wanted["top3"], rtol=1e-12)
    assert row["box"] == "5-7"


def test_segments_equal_scipy():
    rows = pd.read_csv(RESPONSES)
    frame = top_box(rows, score="csat", by=["segment", "wave"], confidence=0.9).frame
    assert list(frame.columns) == ["segment", "wave", *TopBox.columns]
    for row in frame.itertuples():
        answers = rows.loc[(rows["segment"] == row.segment) & (rows["wave"] == row.wave), "csat"]
        test = stats.ttest_1samp(answers, 3).confidence_interval(0.9)
        assert_allclose(
            [row.mean, row.mean_ci_low, row.mean_ci_high],
            [answers.mean(), test.low, test.high],
            rtol=1e-12,
        )
        wilson = stats.binomtest(int((answers >= 4).sum()), len(answers)).proportion_ci(
            0.9, method="wilson"
        )
        assert_allclose([row.ci_low, row.ci_high], [wilson.low, wilson.high], rtol=1e-12)
    by_wave = count_scores(
        rows, score="csat", by=["segment", "wave"], scale=(1, 5), promoter=5, detractor=3
    )
    pd.testing.assert_frame_equal(
        top_box(by_wave, by=["segment", "wave"], confidence=0.9).frame, frame
    )


@given(
    st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any),
    st.sampled_from(list(METHODS)),
    st.integers(1, 4),
)
def test_intervals_hold_the_estimate_and_stay_in_range(n, method, box):
    row = top_box(ready(*n), method=method, box=box).frame.iloc[0]
    assert 0 <= row["ci_low"] <= row["rate"] <= row["ci_high"] <= 1
    assert row["ci_low"] < row["ci_high"]
    known = not np.isnan(row["mean_ci_low"])
    assert known == (sum(k > 0 for k in n) > 1)
    if known:
        assert 1 <= row["mean_ci_low"] < row["mean"] < row["mean_ci_high"] <= 5


@pytest.mark.parametrize(("n", "rate", "mean"), [((0, 0, 0, 0, 1), 1, 5), ((0, 0, 9, 0, 0), 0, 3)])
def test_one_answer_or_one_kind_says_that_the_mean_has_no_interval(n, rate, mean):
    result = top_box(ready(*n))
    row = result.frame.iloc[0]
    assert (row["rate"], row["mean"]) == (rate, mean)
    assert "cannot be known for all answers" in str(result.warnings[0])


def test_the_share_is_said_with_its_box():
    result = top_box(RESPONSES, score="csat")
    assert (
        result.summary()
        == "39 % answered 4-5 of 5 (95 % interval 36 to 41 %, n = 1,200); the mean is 3.3."
    )
    rows = pd.DataFrame(
        {"score": [5, 5, 4, 1] * 5 + [1, 2, 2, 5] * 5, "店": ["東京"] * 20 + ["서울"] * 20}
    )
    many = top_box(rows, by="店", box=1)
    assert "5 of 5 was answered most by 東京 (50 %" in many.summary()
    assert "least by 서울 (25 %" in many.summary()
    assert "intervals overlap" in many.summary()
    assert "overlap" not in top_box(pd.concat([rows] * 9), by="店", box=1).summary()
    only = top_box(rows[rows["店"] == "東京"], by="店")
    assert only.summary().startswith("東京: 75 % answered 4-5 of 5")


def test_answers_off_the_scale_are_said():
    result = top_box(pd.DataFrame({"score": [5, 4, 3, 10, 2.5, None]}))
    assert result.frame["n"].item() == 3
    assert "2 answers are no whole number from 1 to 5 and are left out" in str(result.warnings[0])


def test_a_segment_without_answers_is_said():
    result = top_box(
        pd.DataFrame({"score": [1, 5], "s": [None, None]}).astype({"s": object}), by="s"
    )
    assert "No answer has a value in 's'" in result.summary()
    assert set(TopBox.columns) <= set(result.frame.columns)
    assert result.plot().texts


def test_the_figure_names_segments_and_n():
    rows = pd.DataFrame({"score": [5, 5, 4, 1, 2, 5], "店": ["東京"] * 3 + ["서울"] * 3})
    ax = top_box(rows, by="店").plot()
    assert {label.get_text() for label in ax.get_yticklabels()} == {
        "서울  (n = 3)",
        "東京  (n = 3)",
    }
    assert ax.get_title(loc="left") == "33 % to 100 % answered 4-5 of 5, by segment"
    assert top_box(rows).plot(finding="Tokyo").get_title(loc="left") == "Tokyo"
    assert any("4-5 of 5" in note.get_text() for note in ax.texts)
    plt.close("all")


@pytest.mark.parametrize(
    ("change", "error", "wanted"),
    [
        ({"box": 5}, ParameterError, "box=5 must be a whole number from 1 to 4"),
        ({"box": 0}, ParameterError, "box=0"),
        ({"box": float("inf")}, ParameterError, "box=inf"),
        ({"box": 1.5}, ParameterError, "box=1.5"),
        ({"method": "wald"}, ParameterError, "method='wald'"),
        ({"scale": (5, 1)}, ParameterError, "the lower first"),
        ({"confidence": 95}, ParameterError, "0.95 for 95 %"),
        ({"score": "skore"}, ColumnError, "did you mean 'score'"),
    ],
)
def test_bad_parameters_are_refused(change, error, wanted):
    with pytest.raises(error, match=wanted):
        top_box(pd.DataFrame({"score": [1, 5], "top": ["a", "b"]}), **change)


def test_ready_counts_of_another_scale_or_with_weights_are_refused():
    rows = pd.DataFrame({"score": [1, 5, 9], "w": [1.0, 2.0, 1.0]})
    with pytest.raises(ParameterError, match=r"pass scale=\(0, 10\)"):
        top_box(count_scores(rows, score="score"))
    with pytest.raises(ParameterError, match="without weight"):
        top_box(
            count_scores(rows, score="score", weight="w", scale=(1, 9), promoter=9, detractor=6),
            scale=(1, 9),
        )


def test_a_segment_with_rows_but_no_answer_is_named():
    data = pd.DataFrame({"score": [1, 5, 4, 5, None], "s": ["a", "a", "b", "b", "空"]})
    result = top_box(data, by="s")
    assert any("空" in str(warning) for warning in result.warnings)
    assert "空" not in result.frame.to_string()


def test_a_segment_column_may_have_the_name_of_a_result():
    found = top_box(pd.DataFrame({"score": [1, 5], "top": ["a", "b"]}), by="top")
    assert found.frame[["by_top", "top"]].to_numpy().tolist() == [["a", 0], ["b", 1]]
    assert found.table(["by_top"]).written().columns.tolist() == ["top"]
