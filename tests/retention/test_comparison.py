"""Groups against each other: log-rank, proportional hazards, and which test leads; R, statsmodels,
Cox and closed forms."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.duration.survfunc import survdiff

from cxlib import retention
from cxlib.errors import ColumnError, ParameterError
from tests.conftest import ORACLES

EXPECTED = json.loads((ORACLES / "retention" / "survival_expected.json").read_text())


def counts(rows, **more):
    return retention.count_durations(pd.DataFrame(rows), duration="t", event="e", **more)


def test_three_groups_pair_by_pair(shared):
    telco = pd.read_csv(shared / "samples" / "retention" / "telco_churn_ibm.csv").query(
        "tenure > 0"
    )
    telco = telco.assign(left=(telco["Churn"] == "Yes").astype(int))
    counts = retention.count_durations(telco, duration="tenure", event="left", by="Contract")
    result = retention.compare(counts, between="Contract")
    expected = EXPECTED["telco"]
    assert_allclose(result.statistic, expected["logrank_rho0"]["chisq"], rtol=1e-10)
    pairs = expected["pairwise"]
    assert_array_equal(result.frame[["a", "b"]], np.transpose([pairs["a"], pairs["b"]]))
    assert_allclose(result.frame["statistic"], pairs["chisq"], rtol=1e-10)
    # R prints p = 1 - F(x), which is 0 beyond 1e-16; ours is the upper tail
    assert_allclose(result.frame["pvalue"], pairs["p"], rtol=1e-6, atol=1e-300)
    assert_allclose(result.frame["pvalue_adj"], pairs["holm"], rtol=1e-6, atol=1e-300)


def test_the_table_says_what_mean_times_are_counted_in():
    rows = {"t": [1, 2, 3, 4], "e": [1, 1, 1, 0], "g": ["a", "a", "b", "b"]}
    for unit, said in (("week", "in weeks"), ("month", "in months")):
        found = retention.compare(counts(rows, by="g", unit=unit), between="g")
        assert str(found.table().caption).endswith(said)


def test_one_group_has_nothing_to_compare():
    data = pd.DataFrame({"t": [1, 2], "e": [1, 0], "顧客層": ["法人", "法人"]})
    compared = retention.compare(
        retention.count_durations(data, duration="t", event="e", by="顧客層"), between="顧客層"
    )
    assert compared.frame.empty
    assert compared.warnings


def test_proportional_hazards_from_counts_equal_r():
    data = pd.read_csv(ORACLES / "retention" / "gehan.csv")
    compared = retention.compare(
        retention.count_durations(data, duration="time", event="event", by="treat"), between="treat"
    )
    assert_allclose(compared.ph_pvalue, EXPECTED["gehan"]["zph_km"]["p"][-1], rtol=1e-6)
    assert_allclose(compared.frame["ph_pvalue"], [compared.ph_pvalue])
    assert compared.frame["leads"].tolist() == ["log_rank"]
    assert "Nothing speaks against" in compared.leading()


def test_proportional_hazards_with_a_small_group_beside_large_ones():
    """Of counts, and of people one by one with Cox's model as statsmodels fits it."""
    rng = np.random.default_rng(0)
    sizes = [900, 900, 9]
    stay = rng.geometric(np.repeat([0.1, 0.3, 0.5], sizes))
    data = pd.DataFrame(
        {"t": np.minimum(stay, 6), "e": (stay <= 6).astype(int), "g": np.repeat(list("abc"), sizes)}
    )
    found = retention.compare(counts(data, by="g"), between="g").ph_pvalue
    assert_allclose(
        found, retention.cox(data, duration="t", event="e", covariates="g").ph_pvalue, rtol=1e-9
    )


def test_a_group_followed_at_one_tenure_says_nothing_of_proportional_hazards():
    data = pd.DataFrame(
        {"t": [1, 2, 3, 1, 2, 3, 1, 1], "e": [1, 1, 1, 1, 1, 0, 1, 0], "g": list("aaabbbcc")}
    )
    found = retention.compare(counts(data, by="g"), between="g")
    assert np.isnan(found.ph_pvalue)
    assert found.frame["ph_pvalue"].notna().tolist() == [
        True,
        False,
        False,
    ]  # a and b; those with c


def test_where_curves_cross_the_mean_leads():
    """One group is lost early and then hardly any more, the other late: same log-rank, different
    mean."""
    rng = np.random.default_rng(1)
    early = np.where(rng.uniform(size=400) < 0.5, rng.integers(1, 4, 400), 25)
    late = rng.integers(9, 22, 400)
    data = pd.DataFrame(
        {"t": np.minimum(np.r_[early, late], 20), "g": ["早い"] * 400 + ["遅い"] * 400}
    )
    data["e"] = (np.r_[early, late] <= 20).astype(int)
    compared = retention.compare(counts(data, by="g", unit="month"), between="g", horizon=12)
    row = compared.frame.iloc[0]
    assert row["ph_pvalue"] < 1e-6
    assert row["leads"] == "rmst_difference"
    means = [np.minimum(part, 12).mean() for part in (early, late)]
    assert_allclose(
        [row["rmst_a"], row["rmst_b"], row["difference"]], [*means, means[1] - means[0]], rtol=1e-12
    )
    errors = [
        np.minimum(part, 12).std() / 20 for part in (early, late)
    ]  # uncensored: the ordinary standard error of a mean
    assert_allclose(row["se"], np.hypot(*errors), rtol=1e-12)
    assert "within the first 12 months, customers of “遅い” stay" in compared.summary()


def test_stratified_equals_statsmodels():
    rng = np.random.default_rng(8)
    data = pd.DataFrame(
        {
            "t": rng.integers(1, 20, 300),
            "e": rng.integers(0, 2, 300),
            "g": rng.choice(list("abc"), 300),
            "s": rng.choice(["x", "y"], 300),
        }
    )
    data = data[~((data["g"] == "c") & (data["s"] == "y"))]  # a group that is absent from a stratum
    ours = retention.compare(counts(data, by=["g", "s"]), between="g", strata="s")
    statistic, p = survdiff(
        data["t"].to_numpy(),
        data["e"].to_numpy(),
        data["g"].to_numpy(),
        strata=data["s"].to_numpy(),
    )
    assert_allclose([ours.statistic, ours.pvalue], [statistic, p], rtol=1e-9)
    assert "stratified" in ours.method


def test_trend_is_the_score_test_of_cox():
    """Without ties trend is the score test of Cox's model with the group's number as covariate; of
    two groups, log-rank."""
    rng = np.random.default_rng(9)
    data = pd.DataFrame(
        {
            "t": rng.permutation(90) + 1.0,
            "e": rng.integers(0, 2, 90),
            "g": rng.choice(["low", "mid", "top"], 90),
        }
    )
    data["x"] = data["g"].map({"low": 0, "mid": 1, "top": 2})
    ours = retention.compare(counts(data, by="g"), between="g", order=["low", "mid", "top"])
    theirs = retention.cox(data, duration="t", event="e", covariates="x")
    assert_allclose(ours.trend_statistic, theirs.score, rtol=1e-9)
    assert "From “low” to “top”" in ours.summary()
    two = retention.compare(
        counts(data[data["g"] != "mid"], by="g"), between="g", order=["top", "low"]
    )
    assert_allclose([two.trend_statistic, two.trend_pvalue], [two.statistic, two.pvalue], rtol=1e-9)


def test_bad_comparisons_are_refused():
    result = counts({"t": [1, 2], "e": [1, 0], "g": ["a", "b"]}, by="g")
    with pytest.raises(ParameterError, match="limits='wilson'"):
        retention.survival(result, limits="wilson")
    with pytest.raises(ColumnError, match="order="):
        retention.compare(result, between="g", order=["a", "c"])
    with pytest.raises(ParameterError, match="strata='g'"):
        retention.compare(result, between="g", strata="g")
    with pytest.raises(ParameterError, match="horizon=9"):
        retention.compare(result, between="g", horizon=9)
    one = retention.compare(result, between="g").frame.iloc[0]  # groups with one customer each
    assert np.isnan(one["ph_pvalue"])
    assert one["leads"] == "log_rank"


def test_which_test_leads_is_said_in_words():
    result = counts({"t": [1, 2], "e": [1, 0], "g": ["a", "b"]}, by="g")
    shown = retention.compare(result, between="g").table(["leads", "method"]).written()
    assert shown.to_numpy().tolist() == [["log-rank", "log-rank"]]
    peto = retention.compare(result, between="g", rho=1)
    assert peto.table(["method"]).written().iloc[0, 0] == "Peto-Peto"


def test_without_groups_there_is_nothing_to_compare():
    result = counts({"t": [1, 2], "e": [1, 0]})
    assert retention.compare(result, between=None).key == "retention.no_segment"
    assert retention.compare(None, between="g").key == "retention.no_events"
    with pytest.raises(ColumnError, match="'g'"):
        retention.compare(result, between="g")
