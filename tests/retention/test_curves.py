"""Kaplan-Meier and log-rank against R survival 3.5 (1e-10) and statsmodels."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from tests.conftest import ORACLES

EXPECTED = json.loads((ORACLES / "retention" / "survival_expected.json").read_text())
SETS = {
    "gehan": ("time", "event", "treat"),
    "aml": ("time", "event", "x"),
    "lung": ("time", "event", "sex"),
}


@pytest.fixture(scope="module", params=SETS)
def oracle(request):
    name = request.param
    if name == "gehan":
        return EXPECTED[name], pd.read_csv(ORACLES / "retention" / "gehan.csv"), SETS[name]
    shared = request.getfixturevalue("shared")
    return EXPECTED[name], pd.read_csv(shared / "oracles" / "retention" / f"{name}.csv"), SETS[name]


def counted(frame, columns):
    return retention.count_durations(frame, duration=columns[0], event=columns[1], by=columns[2])


def test_kaplan_meier_of_all(oracle):
    expected, data, columns = oracle
    rows, frame = expected["km_overall_loglog"], retention.survival(counted(data, columns)).frame
    for ours, theirs in (
        ("tenure", "time"),
        ("at_risk", "n_risk"),
        ("lost", "n_event"),
        ("censored", "n_censor"),
    ):
        assert_array_equal(frame[ours], rows[theirs], err_msg=ours)
    for ours, theirs in (
        ("survival", "surv"),
        ("se", "std_err"),
        ("ci_low", "lower"),
        ("ci_high", "upper"),
    ):
        assert_allclose(frame[ours], np.array(rows[theirs], float), rtol=1e-10, err_msg=ours)


def test_kaplan_meier_by_group(oracle):
    expected, data, columns = oracle
    rows, frame = (
        expected["km_by_group_log"],
        retention.survival(counted(data, columns), by=columns[2]).frame,
    )
    assert_array_equal(".g=" + frame[columns[2]], rows["strata"])
    for ours, theirs in (
        ("tenure", "time"),
        ("at_risk", "n_risk"),
        ("lost", "n_event"),
        ("censored", "n_censor"),
    ):
        assert_array_equal(frame[ours], rows[theirs], err_msg=ours)
    assert_allclose(frame["survival"], rows["surv"], rtol=1e-10, atol=1e-15)
    assert_allclose(frame["se"], np.array(rows["std_err"], float), rtol=1e-10)


def test_log_rank(oracle):
    expected, data, columns = oracle
    result = retention.compare(counted(data, columns), between=columns[2])
    assert_allclose(result.statistic, expected["logrank_rho0"]["chisq"], rtol=1e-10)
    assert_allclose(result.pvalue, expected["logrank_rho0"]["p"], rtol=1e-10)
    assert result.df == expected["logrank_rho0"]["df"]
    assert_allclose(result.frame["statistic"], [result.statistic], rtol=1e-12)


durations = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("ab")), min_size=4, max_size=40
)


@settings(max_examples=15)
@given(durations)
def test_agrees_with_statsmodels(rows):
    frame = pd.DataFrame(rows, columns=["months", "left", "group"])
    result = retention.count_durations(frame, duration="months", event="left", by="group")
    ours = retention.survival(result).frame
    ours = ours[ours["lost"] > 0]
    theirs = (
        SurvfuncRight(frame["months"] + 1, frame["left"].astype(int))
        if frame["left"].any()
        else None
    )
    if theirs is not None:
        assert_allclose(ours["survival"], theirs.surv_prob, rtol=1e-12, atol=1e-15)
        alive = theirs.surv_prob > 0
        assert_allclose(ours["se"][alive], theirs.surv_prob_se[alive], rtol=1e-10)
    compared = retention.compare(result, between="group")
    if compared.df:
        statistic, p = survdiff(
            frame["months"].to_numpy(),
            frame["left"].astype(int).to_numpy(),
            frame["group"].to_numpy(),
        )
        assert_allclose(
            [compared.statistic, compared.pvalue], [statistic, p], rtol=1e-9, atol=1e-12
        )


@settings(max_examples=10)
@given(durations, st.randoms())
def test_row_order_and_splitting_do_not_matter(rows, random):
    def count(part):
        frame = pd.DataFrame(part, columns=["months", "left", "group"]).astype({"left": bool})
        return retention.count_durations(frame, duration="months", event="left", by="group")

    shuffled = random.sample(rows, len(rows))
    whole = retention.survival(count(rows), by="group").frame
    assert whole.equals(
        retention.survival(count(shuffled[:2]) + count(shuffled[2:]), by="group").frame
    )
    assert whole["survival"].between(0, 1).all()
    assert (whole.groupby("group")["survival"].diff().dropna() <= 0).all()


def test_all_still_there():
    data = pd.DataFrame({"t": [1, 2, 3], "e": [0, 0, 0], "g": ["a", "b", "b"]})
    result = retention.count_durations(data, duration="t", event="e", by="g")
    frame = retention.survival(result).frame
    assert (frame[["survival", "ci_low", "ci_high"]] == 1).all(axis=None)
    compared = retention.compare(result, between="g")
    assert (compared.statistic, compared.df) == (0.0, 0)
    assert np.isnan(compared.pvalue)
    assert "nothing to compare" in compared.warnings[0]
    assert compared.summary() == compared.warnings[0]


def test_one_customer_lost():
    frame = retention.survival(
        retention.count_durations(pd.DataFrame({"t": [2], "e": [1]}), duration="t", event="e")
    ).frame
    assert frame["survival"].tolist() == [0.0]
    assert frame[["se", "ci_low", "ci_high"]].isna().all(axis=None)  # do not exist at 0, as in R


def test_reading_a_curve():
    data = pd.DataFrame({"t": [1, 2, 3, 3], "e": [1, 1, 0, 0]})
    curve = retention.survival(
        retention.count_durations(data, duration="t", event="e", unit="month")
    )
    assert curve.at(0)["survival"].tolist() == [1.0]
    assert curve.at(2)[["survival", "at_risk"]].values.tolist() == [[0.5, 2]]
    assert curve.at(3)["survival"].isna().all()  # nobody was followed for more than 3 months
    assert curve.summary(months=2).startswith("Of 100 customers, 50 [")
    assert "not known" in curve.summary(months=3)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ({"t": [1, -2], "e": [1, 0]}, CohortError, "negative"),
        ({"t": [1, 2], "e": [1, 2]}, CohortError, "other than 0 and 1"),
        ({"t": ["x", "y"], "e": [1, 0]}, ColumnError, "not numbers"),
        ({"t": [1], "e": ["Yes"]}, ColumnError, "not numbers"),
        ({"t": [np.nan], "e": [1]}, EmptyDataError, "no customer"),
        ({"time": [1], "e": [1]}, ColumnError, "no such column"),
    ],
)
def test_bad_durations_are_refused(data, error, words):
    with pytest.raises(error, match=words):
        retention.count_durations(pd.DataFrame(data), duration="t", event="e")


def test_bad_parameters_are_refused():
    result = retention.count_durations(
        pd.DataFrame({"t": [1, 2], "e": [1, 0], "g": ["a", "b"]}), duration="t", event="e", by="g"
    )
    with pytest.raises(ParameterError, match=r"write 0\.95"):
        retention.survival(result, confidence=95)
    with pytest.raises(ColumnError, match="by="):
        retention.survival(result, by="h")
    with pytest.raises(ParameterError, match="adjust"):
        retention.compare(result, between="g", adjust="bonferoni")
    days = retention.count_durations(
        pd.DataFrame({"t": [1], "e": [1], "g": ["a"]}), duration="t", event="e", by="g", unit="day"
    )
    with pytest.raises(CohortError, match="unit"):
        result + days


def counts(rows, **more):
    return retention.count_durations(pd.DataFrame(rows), duration="t", event="e", **more)


def test_band_without_censoring_is_kolmogorov_smirnov():
    """Closed form: uncensored, (1 + n v) / sqrt(n) x S is 1/sqrt(n), so the exponent is K /
    (sqrt(n) S |log S|)."""
    n = 40
    frame = retention.survival(counts({"t": range(1, n + 1), "e": [1] * n})).frame.iloc[:-1]
    s, k = (
        frame["survival"],
        1.3580986393225507,
    )  # 95 % point of Kolmogorov's distribution (Smirnov 1948: 1.3581)
    spread = k / (np.sqrt(n) * s * abs(np.log(s)))
    assert_allclose(frame["band_low"], s ** np.exp(spread), rtol=1e-9)
    assert_allclose(frame["band_high"], s ** np.exp(-spread), rtol=1e-9)
    assert ((frame["band_low"] < frame["ci_low"]) & (frame["ci_high"] < frame["band_high"]))[
        5:-5
    ].all()


def test_band_equals_statsmodels_while_everybody_is_followed():
    """statsmodels writes those still at risk where Hall and Wellner have all customers: the same at
    the first loss only."""
    rng = np.random.default_rng(3)
    t, e = rng.exponential(size=60), (rng.uniform(size=60) < 0.7).astype(int)
    e[t.argmin()], e[t.argmax()] = 1, 0
    low, high = SurvfuncRight(t, e).simultaneous_cb()
    frame = retention.survival(counts({"t": t, "e": e})).frame
    ours = frame.loc[0, ["band_low", "band_high"]].to_numpy(float)
    assert_allclose(np.log(ours), np.log([low[0], high[0]]), rtol=1e-4)  # its 1.3581 has 5 digits


def test_band_holds_the_whole_curve():
    """By simulation: 150 samples of 100, a third censored; about 95 % of the bands hold the true
    curve, of limits far less."""
    rng, held, pointwise = np.random.default_rng(5), 0, 0
    for _ in range(150):
        t, c = rng.exponential(size=100), rng.exponential(2, size=100)
        frame = retention.survival(
            retention.Durations(
                pd.DataFrame(
                    {
                        "tenure": np.minimum(t, c),
                        "lost": (t <= c).astype(int),
                        "censored": (t > c).astype(int),
                    }
                )
            )
        ).frame
        frame = frame[(frame["lost"] > 0) & (frame["survival"] > 0)]
        truth, before = np.exp(-frame["tenure"]), np.exp(-frame["tenure"].shift(-1))
        for name in ("band", "ci"):
            inside = (frame[f"{name}_low"] <= truth) & (truth <= frame[f"{name}_high"])
            whole = inside.all() and (before.isna() | (frame[f"{name}_low"] <= before)).all()
            held, pointwise = (
                held + (whole and name == "band"),
                pointwise + (whole and name == "ci"),
            )
    assert 0.90 <= held / 150 <= 1
    assert pointwise / 150 < 0.8


def test_decimals_are_numbers():
    times = [1.5, 2.0, 2.0, 2.5]
    exact = retention.rmst(counts({"t": [Decimal(str(time)) for time in times], "e": [1, 0, 1, 0]}))
    assert_allclose(
        exact.frame["rmst"],
        retention.rmst(counts({"t": times, "e": [1, 0, 1, 0]})).frame["rmst"],
        rtol=1e-15,
    )


def test_entry_and_weights_by_hand():
    late = counts({"t": [2, 3, 4], "e": [1, 1, 0], "since": [0, 2, 1]}, entry="since")
    frame = retention.survival(late).frame
    assert frame["at_risk"].tolist() == [2, 2, 1]  # the second is followed from just after 2 on
    assert_allclose(frame["survival"], [1 / 2, 1 / 4, 1 / 4])
    assert frame["band_low"].isna().all()
    assert retention.survival(late + late).frame["at_risk"].tolist() == [4, 4, 2]
    heavy = counts({"t": [1, 2], "e": [1, 0], "w": [3.0, 1.0]}, weight="w")
    row = retention.survival(heavy).frame.iloc[0]
    assert (row["survival"], row["at_risk"], row["at_risk_weight"]) == (0.25, 2, 4.0)
    assert_allclose(
        row["se"], np.hypot(3 * 0.25, 1 * 0.75) / 4
    )  # weight x (there - share) / total of each
    assert heavy.customers == 2
    with pytest.raises(ParameterError, match="has weights"):
        retention.compare(
            counts({"t": [1, 2], "e": [1, 0], "w": [1, 1], "g": ["a", "b"]}, weight="w", by="g"),
            between="g",
        )


def test_a_curve_that_falls_to_nothing_too_early_says_so():
    curve = retention.survival(
        counts({"t": [2, 9, 9], "e": [1, 1, 0], "since": [0, 5, 5]}, entry="since")
    )
    assert curve.frame["survival"].tolist() == [0.0, 0.0]
    assert "At time 2 everyone then followed was lost" in curve.warnings[0]


def test_quantiles_of_a_flat_step_are_its_middle():
    found = retention.survival(counts({"t": [1, 2, 3, 4], "e": [1, 1, 1, 1]})).quantiles([0.5, 0.9])
    assert found["tenure"].tolist() == [2.5, 4.0]
    assert retention.survival(counts({"t": [1], "e": [0]})).quantiles()["tenure"].isna().all()
    with pytest.raises(ParameterError, match="probs="):
        retention.survival(counts({"t": [1], "e": [0]})).quantiles([50])


def test_a_curve_alone_has_its_band_drawn_and_said():
    data = {
        "t": [1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9],
        "e": [1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0],
        "g": ["a", "b"] * 6,
    }
    alone = retention.survival(counts(data))
    ax = alone.plot()
    drawn = [shade.get_datalim(ax.transData) for shade in ax.collections]
    shown = alone.frame[alone.frame["at_risk"] >= 10]
    assert_allclose(
        [each.y0 for each in drawn], 100 * shown[["band_low", "ci_low"]].min(), rtol=1e-9
    )
    assert "light shade: where the whole curve lies, all points at once (95 % each)" in subtitle(ax)
    weighted = retention.survival(counts(data | {"w": [1.5] * 12}, weight="w"))
    for result, curves in ((weighted, 1), (retention.survival(counts(data, by="g"), by="g"), 2)):
        ax = result.plot()
        assert [
            len(shade.get_paths())
            for shade in ax.collections
            if np.ptp(shade.get_paths()[0].vertices[:, 1])
        ] == [1] * curves
        assert "Shaded: where each point lies, taken alone (95 %)" in subtitle(ax)


def subtitle(ax):
    [found] = [each.get_text() for each in ax.texts if each.get_gid() == "subtitle"]
    return " ".join(found.split())


def test_where_nobody_is_lost_the_sentence_says_how_low_the_share_may_be():
    """The limit is Clopper and Pearson's of those who were followed longer, as scipy has it."""
    rows = pd.DataFrame(
        {"t": [3] * 10 + [8] * 30 + [9], "e": 0, "층": ["가"] * 40 + ["나"], "w": 1.5, "since": 0.5}
    )
    counted = retention.count_durations(rows, duration="t", event="e", by="층")
    limit = [int(100 * scipy.stats.binomtest(n, n).proportion_ci(0.95).low) for n in (31, 30, 1)]
    assert retention.survival(counted).summary() == (
        "Nobody was lost within 6 periods (n = 41). With 31 customers followed longer, the true "
        "share still with us may be as "
        f"low as {limit[0]} of 100 (95 % interval)."
    )
    groups = retention.survival(counted, by="층").summary()
    assert (
        "with 30 customers followed longer, the true share still with us may be as low as "
        f"{limit[1]} of 100." in groups
    )
    assert (
        "나: nobody was lost within 6 periods (n = 1); with 1 customer followed longer, the true "
        "share still with us may "
        f"be as low as {limit[2]} of 100." in groups
    )
    for more in ({"weight": "w"}, {"entry": "since"}):
        other = retention.survival(retention.count_durations(rows, duration="t", event="e", **more))
        assert other.summary().endswith("where nobody is lost the method gives no interval.")


def test_customers_followed_for_no_time_are_said(shared):
    """The telco file: 11 customers of 7,043 came in the last month. The curve is that of the other
    7,032."""
    telco = pd.read_csv(shared / "samples" / "retention" / "telco_churn_ibm.csv")
    telco = telco.assign(left=(telco["Churn"] == "Yes").astype(int))
    whole, rest = (
        retention.count_durations(rows, duration="tenure", event="left", unit="month")
        for rows in (telco, telco.query("tenure > 0"))
    )
    curve, right = retention.survival(whole), retention.survival(rest)
    assert curve.warnings == (
        "11 of 7,043 customers were followed for 0 months: they are counted in n, and tell nothing "
        "about "
        "how long customers stay.",
    )
    assert not right.warnings
    assert retention.contracts.contract_of_durations(whole).frame["n"].tolist() == [
        7043,
        0,
        7043,
        11,
    ]
    told = ["at_risk", "survival", "se", "ci_low", "ci_high", "cumhaz"]
    assert_allclose(curve.frame.loc[1:, told], right.frame[told], rtol=1e-15)


def test_a_curve_that_nobody_began_is_about_those_who_had_stayed():
    came_late = counts(
        {"t": [8, 9, 12, 12], "e": [1, 0, 1, 0], "n": [5, 5, 6, 7]}, entry="n", unit="month"
    )
    curve = retention.survival(came_late)
    assert curve.warnings == (
        "Nobody was followed before time 5, so the curve is about those who had already stayed so "
        "long.",
    )
    assert retention.rmst(came_late, horizon=10).warnings == curve.warnings
    assert "Nobody was seen to be lost within 3 months" in curve.summary(months=3)
    assert not retention.survival(
        counts({"t": [8, 9], "e": [1, 0], "n": [0, 5]}, entry="n")
    ).warnings
    groups = {"t": [8, 9], "e": [1, 0], "n": [0, 5], "g": ["a", "b"]}
    assert (
        "before time 5" in retention.survival(counts(groups, entry="n", by="g"), by="g").warnings[0]
    )
