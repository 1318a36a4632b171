"""Funnel, representativeness, R-indicator, bounds and shape."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias.bounds import manski
from cxlib.bias.shape import bimodality
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, ScoreRangeError, WeightError

ONE = bias.rake(pd.DataFrame({"a": ["x"]}), targets={})


def beside(promoters, passives, detractors):
    scores = pd.DataFrame({"score": [10] * promoters + [8] * passives + [0] * detractors})
    return bias.nps_beside(scores, score="score", weights=ONE)


def test_manski_bounds_of_the_schools(expected):
    case = expected["apipop_manski"]["expected"]
    f, asked = 0.672747820471424, 6194
    low, high = manski(case["naive"], answered=round(f * asked), asked=asked, lowest=0, highest=1)
    assert_allclose([low, high], [case["lower"], case["upper"]], rtol=1e-12)


@settings(max_examples=20)
@given(
    st.integers(1, 30),
    st.integers(0, 30),
    st.integers(1, 30),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_bounds_hold_whatever_the_silent_ones_think(
    promoters, passives, detractors, silent_for, silent_against
):
    silent = silent_for + silent_against
    asked = promoters + passives + detractors + silent
    found = bias.bounds(beside(promoters, passives, detractors), invited=asked)
    truth = 100 * (promoters + silent_for - detractors - silent_against) / asked
    row, wider = found.row("invited"), found.row("population")
    assert row["ci_low"] - 1e-9 <= truth <= row["ci_high"] + 1e-9
    assert wider["ci_low"] <= row["ci_low"]
    assert wider["ci_high"] >= row["ci_high"]
    assert_allclose(found.tipping, promoters / detractors)


def test_bounds_of_a_population_without_an_invitation_list():
    found = bias.bounds(beside(30, 10, 10), population=100)
    assert_allclose(found.row("population")[["ci_low", "ci_high"]].astype(float), [-30, 70])
    assert "3.00 times" in found.summary()


def test_the_invitations_sampling_error_goes_when_everyone_is_invited():
    found = bias.bounds(beside(30, 10, 10), invited=100, population=100)
    assert_allclose(
        found.row("population")[["ci_low", "ci_high"]].astype(float),
        found.row("invited")[["ci_low", "ci_high"]].astype(float),
    )


def test_bounds_refuse_and_pass_on():
    with pytest.raises(ParameterError, match="invited=40 is less than the 50 answers"):
        bias.bounds(beside(30, 10, 10), invited=40)
    with pytest.raises(ParameterError, match="population=60"):
        bias.bounds(beside(30, 10, 10), invited=70, population=60)
    assert "invitations" in bias.bounds(beside(3, 1, 1)).summary()
    none = bias.bounds(
        bias.nps_beside(pd.DataFrame({"a": [1]}), score=None, weights=ONE), invited=10
    )
    assert "no range" in none.summary()
    assert "no tipping point" in bias.bounds(beside(30, 10, 0), invited=100).tipping_point()


def test_bounds_hold_the_truth_of_the_sample_company(sample):
    """The default company: strong feelings make people answer, weighting misses, the bounds do not.
    Every wave."""
    truth = json.loads((sample / "truth.json").read_text(encoding="utf-8"))["nps"]["wave"]
    assert len(truth) == 8
    for wave, nps in truth.items():
        p = bias.Parameters(
            survey=sample / "responses.csv",
            invitations=sample / "invitations.parquet",
            frame=sample / "customers.csv",
            customer="customer_id",
            score="score",
            wave=wave,
            margins=["country", "age_band", "plan"],
        )
        study = bias.read(p)
        weights = bias.rake(study.respondents, targets=study.targets)
        found = bias.bounds(
            bias.nps_beside(study.respondents, score="score", weights=weights),
            invited=study.invited,
        )
        row = found.row("population")
        assert row["ci_low"] <= nps <= row["ci_high"]


def test_danish_chi_square(danish, expected):
    found = bias.representativeness(*danish, columns=["residence", "gender"]).tests.set_index(
        "column"
    )
    for name, case in expected["danish_chisq"]["expected"].items():
        assert_allclose(
            found.loc[name, ["statistic", "df", "pvalue", "cramers_v"]].astype(float),
            [case["statistic"], case["df"], case["p"], case["cramers_v"]],
            rtol=1e-7,
        )


def test_danish_r_indicator(danish, expected):
    """Adjusted values to 2e-5, the error to 2e-4: R's `glm` gives the covariance one step before
    convergence, and the R code
    mixes the divisors N and N - 1 in the variance where N - 1 is used throughout here."""
    case = expected["danish_rindicator"]["expected"]
    row = bias.r_indicator(*danish, columns=["residence", "gender"]).frame.iloc[0]
    assert_allclose(row["r_unadjusted"], case["R_unadj"], rtol=1e-8)
    assert_allclose(
        [row["rate"], row["r_indicator"], row["cv"]],
        [case["mean_propensity"], case["R"], case["CV"]],
        rtol=2e-5,
    )
    assert_allclose(row["se"], case["R_se"], rtol=2e-4)


def test_standardised_differences_use_the_frames_deviation(schools):
    """The convention of `apipop_smd` (smd_vs_frame), on indicators: plain arithmetic with
    pandas."""
    everyone = schools["apipop"]
    who = everyone[everyone["awards"] == "Yes"]
    found = bias.representativeness(who, everyone, columns=["stype"]).frame.set_index("category")
    for category in ("E", "H", "M"):
        x, r = (
            (everyone["stype"] == category).astype(float),
            (who["stype"] == category).astype(float),
        )
        assert_allclose(
            found.loc[category, "smd"], (r.mean() - x.mean()) / x.std(ddof=0), rtol=1e-12
        )


def test_representativeness_at_its_edges():
    everyone = pd.DataFrame({"g": ["a"] * 6 + ["b"] * 6, "one": ["x"] * 12})
    all_of_them = bias.representativeness(everyone, everyone, columns=["g", "one"])
    assert_allclose(all_of_them.frame["smd"], 0)
    assert all_of_them.tests["pvalue"].isna().all()
    outside = bias.representativeness(pd.concat([everyone] * 3), everyone.head(9), columns=["g"])
    assert outside.tests["method"].iloc[0].endswith("goodness of fit to the frame")
    assert outside.frame["rate"].isna().all()
    with pytest.raises(ColumnError, match="3 respondents are 'c'"):
        bias.representativeness(pd.DataFrame({"g": ["c"] * 3}), everyone, columns=["g"])
    with pytest.raises(ColumnError, match="1 of 2 rows have no value"):
        bias.representativeness(pd.DataFrame({"g": ["a", None]}), everyone, columns=["g"])
    with pytest.raises(ColumnError, match="must hold every person"):
        bias.r_indicator(
            pd.concat([everyone.head(7)] * 2),
            pd.concat([everyone.head(4), everyone.tail(60)]),
            columns=["g"],
        )
    assert "Set “frame”" in bias.representativeness(everyone, None, columns=["g"]).summary()
    assert "Set “margins”" in bias.r_indicator(everyone, everyone, columns=[]).summary()
    assert (
        "everybody or nobody"
        in bias.r_indicator(everyone.head(6), everyone, columns=["g"]).summary()
    )


def test_funnel_counts_true_and_times():
    sent = pd.DataFrame(
        {
            "wave": ["W10", "W9", "W9", "W9"],
            "delivered": [True, True, True, None],
            "opened": [1, 0, 1, 0],
            "started_at": pd.to_datetime(["2026-01-01", None, "2026-01-02", None]),
            "finished_at": ["2026-01-01", "", None, None],
        }
    )
    found = bias.funnel(sent, by=["wave"])
    assert found.frame[["wave", "stage", "n", "reached"]].to_numpy().tolist() == [
        ["W9", "delivered", 3, 2],
        ["W9", "opened", 3, 1],
        ["W9", "started", 3, 1],
        ["W9", "finished", 3, 0],
        ["W10", "delivered", 1, 1],
        ["W10", "opened", 1, 1],
        ["W10", "started", 1, 1],
        ["W10", "finished", 1, 1],
    ]
    assert bias.last_stage(found).frame["reached"].tolist() == [0, 1]
    assert "Of 4 people invited, 1 (25.0 %" in found.summary()


def test_funnel_says_what_is_not_there():
    assert "Ask your survey tool for the list" in bias.funnel(None).summary()
    found = bias.funnel(pd.DataFrame({"delivered": [True]}))
    assert "opened, started and finished" in found.warnings[0]
    with pytest.raises(ParameterError, match="none of these columns"):
        bias.funnel(pd.DataFrame({"x": [1]}))
    with pytest.raises(ParameterError, match="did you mean 'opened'"):
        bias.funnel(pd.DataFrame({"x": [1]}), stages={"openend": "x"})
    with pytest.raises(EmptyDataError):
        bias.funnel(pd.DataFrame({"delivered": pd.Series([], dtype=bool)}))


@pytest.mark.parametrize("case", ["jshape_5star", "unimodal_5star"])
def test_bimodality_coefficient(expected, case):
    counts = expected[case]["data"]["counts"]
    assert_allclose(
        bimodality([int(k) for k in counts], list(counts.values())),
        expected[case]["expected"]["bimodality_coefficient"],
        rtol=1e-6,
    )


def test_shape_by_channel_and_its_two_readings():
    rows = pd.DataFrame(
        {"점수": [0] * 30 + [10] * 30 + [5] * 40, "窓口": ["電話"] * 60 + ["店舗"] * 40}
    )
    found = bias.shape(rows, score="점수", channel="窓口")
    frame = found.frame.set_index("channel")
    assert_allclose(
        frame.loc["電話", ["share_low", "share_high", "share_ends"]].astype(float), [0.5, 0.5, 1.0]
    )
    assert np.isnan(frame.loc["店舗", "bimodality"])  # all the same
    assert found.histogram.groupby("channel")["score"].count().eq(11).all()
    assert_allclose(found.histogram.groupby("channel")["share"].sum(), 1)
    two = bias.shape(rows.head(60), score="점수").summary()
    assert "customers are divided" in two
    assert "stay silent" in two


def test_shape_refuses_and_passes_on():
    with pytest.raises(EmptyDataError):
        bias.shape(pd.DataFrame({"s": [None, None]}, dtype=float), score="s")
    with pytest.raises(ScoreRangeError, match="0 to 10"):
        bias.shape(pd.DataFrame({"s": [1.5]}), score="s")
    assert "Set “score”" in bias.shape(pd.DataFrame({"s": [1]}), score=None).summary()
    one = bias.shape(pd.DataFrame({"s": [3]}), score="s")
    assert one.frame["n"].tolist() == [1]


def test_figures_say_their_finding():
    rows = pd.DataFrame({"score": [0, 2, 9, 10, 10, 8] * 10, "ch": ["社", "회", "c"] * 20})
    found = [
        bias.shape(rows, score="score", channel="ch"),
        bias.bounds(beside(3, 1, 2), invited=20),
        bias.funnel(pd.DataFrame({"delivered": [True, False], "m": ["a", "b"]}), by=["m"]),
        bias.representativeness(rows.head(30), rows, columns=["ch"]),
        bias.funnel(None),
    ]
    for result in found:
        ax = result.plot()
        words = ax.get_title(loc="left") + "".join(text.get_text() for text in ax.texts)
        assert words
        ax.figure.clear()


def test_no_range_beyond_the_invited_where_chances_were_unequal():
    data = pd.DataFrame({"score": [10, 0] * 20, "w": [1.0, 2.0] * 20, "c": range(40)})
    plain, based = (bias.rake(data, targets={}, weight=weight) for weight in (None, "w"))
    for weights, design in ((based, {}), (plain, {"cluster": "c"}), (plain, {"strata": "w"})):
        found = bias.bounds(
            bias.nps_beside(data, score="score", weights=weights, **design), invited=100
        )
        assert found.frame["kind"].tolist() == ["unweighted", "weighted", "invited"]
        assert "equal chances" in found.warnings[0]
        assert "Whatever the silent ones think" in found.plot().get_title(loc="left").replace(
            "\n", " "
        )


def test_what_is_alike_has_no_shape_and_full_answers_leave_no_range():
    data = pd.DataFrame({"score": [10] * 40, "g": ["a", "b"] * 20})
    assert "no shape to judge" in bias.shape(data, score="score").summary()
    beside = bias.nps_beside(
        data, score="score", weights=bias.rake(data, targets={"g": {"a": 1, "b": 1}})
    )
    assert "nobody is silent" in bias.bounds(beside, invited=40).summary()


def test_columns_that_cannot_be_told_apart_are_refused():
    data = pd.DataFrame({"g": ["a", "b"] * 20})
    with pytest.raises(ColumnError, match="named twice"):
        bias.r_indicator(data.head(20), data, columns=["g", "g"])
    with pytest.raises(ColumnError, match="by='invited'"):
        bias.funnel(pd.DataFrame({"delivered": [True], "invited": ["x"]}), by=["invited"])
    with pytest.raises(WeightError, match="whose target is 0"):
        bias.rake(data, targets={"g": {"a": 0, "b": 1}})
