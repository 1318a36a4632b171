"""Kaplan-Meier and log-rank against R survival 3.5 (1e-10) and statsmodels."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from tests.conftest import ORACLES

EXPECTED = json.loads((ORACLES / "retention" / "survival_expected.json").read_text())
SETS = {"gehan": ("time", "event", "treat"), "aml": ("time", "event", "x"), "lung": ("time", "event", "sex")}


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
    for ours, theirs in (("tenure", "time"), ("at_risk", "n_risk"), ("lost", "n_event"), ("censored", "n_censor")):
        assert_array_equal(frame[ours], rows[theirs], err_msg=ours)
    for ours, theirs in (("survival", "surv"), ("se", "std_err"), ("ci_low", "lower"), ("ci_high", "upper")):
        assert_allclose(frame[ours], np.array(rows[theirs], float), rtol=1e-10, err_msg=ours)


def test_kaplan_meier_by_group(oracle):
    expected, data, columns = oracle
    rows, frame = expected["km_by_group_log"], retention.survival(counted(data, columns), by=columns[2]).frame
    assert_array_equal(".g=" + frame[columns[2]], rows["strata"])
    for ours, theirs in (("tenure", "time"), ("at_risk", "n_risk"), ("lost", "n_event"), ("censored", "n_censor")):
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


def test_three_groups_pair_by_pair(shared):
    telco = pd.read_csv(shared / "samples" / "retention" / "telco_churn_ibm.csv").query("tenure > 0")
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


durations = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("ab")), min_size=4, max_size=40)


@settings(max_examples=15)
@given(durations)
def test_agrees_with_statsmodels(rows):
    frame = pd.DataFrame(rows, columns=["months", "left", "group"])
    result = retention.count_durations(frame, duration="months", event="left", by="group")
    ours = retention.survival(result).frame
    ours = ours[ours["lost"] > 0]
    theirs = SurvfuncRight(frame["months"] + 1, frame["left"].astype(int)) if frame["left"].any() else None
    if theirs is not None:
        assert_allclose(ours["survival"], theirs.surv_prob, rtol=1e-12, atol=1e-15)
        alive = theirs.surv_prob > 0
        assert_allclose(ours["se"][alive], theirs.surv_prob_se[alive], rtol=1e-10)
    compared = retention.compare(result, between="group")
    if compared.df:
        statistic, p = survdiff(frame["months"].to_numpy(), frame["left"].astype(int).to_numpy(), frame["group"].to_numpy())
        assert_allclose([compared.statistic, compared.pvalue], [statistic, p], rtol=1e-9, atol=1e-12)


@settings(max_examples=10)
@given(durations, st.randoms())
def test_row_order_and_splitting_do_not_matter(rows, random):
    def count(part):
        frame = pd.DataFrame(part, columns=["months", "left", "group"]).astype({"left": bool})
        return retention.count_durations(frame, duration="months", event="left", by="group")

    shuffled = random.sample(rows, len(rows))
    whole = retention.survival(count(rows), by="group").frame
    assert whole.equals(retention.survival(count(shuffled[:2]) + count(shuffled[2:]), by="group").frame)
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
    frame = retention.survival(retention.count_durations(pd.DataFrame({"t": [2], "e": [1]}), duration="t", event="e")).frame
    assert frame["survival"].tolist() == [0.0]
    assert frame[["se", "ci_low", "ci_high"]].isna().all(axis=None)  # do not exist at 0, as in R


def test_one_group_has_nothing_to_compare():
    data = pd.DataFrame({"t": [1, 2], "e": [1, 0], "顧客層": ["法人", "法人"]})
    compared = retention.compare(retention.count_durations(data, duration="t", event="e", by="顧客層"), between="顧客層")
    assert compared.frame.empty
    assert compared.warnings


def test_reading_a_curve():
    data = pd.DataFrame({"t": [1, 2, 3, 3], "e": [1, 1, 0, 0]})
    curve = retention.survival(retention.count_durations(data, duration="t", event="e", unit="month"))
    assert curve.at(0)["survival"].tolist() == [1.0]
    assert curve.at(2)[["survival", "at_risk"]].values.tolist() == [[0.5, 2]]
    assert curve.at(3)["survival"].isna().all()  # nobody was followed for more than 3 months
    assert curve.summary(months=2).startswith("Of 100 customers, 50 [")
    assert "not known" in curve.summary(months=3)


@pytest.mark.parametrize(("data", "error", "words"), [
    ({"t": [1, -2], "e": [1, 0]}, CohortError, "negative"),
    ({"t": [1, 2], "e": [1, 2]}, CohortError, "other than 0 and 1"),
    ({"t": ["x", "y"], "e": [1, 0]}, ColumnError, "not numbers"),
    ({"t": [1], "e": ["Yes"]}, ColumnError, "not numbers"),
    ({"t": [np.nan], "e": [1]}, EmptyDataError, "no customer"),
    ({"time": [1], "e": [1]}, ColumnError, "no such column"),
])
def test_bad_durations_are_refused(data, error, words):
    with pytest.raises(error, match=words):
        retention.count_durations(pd.DataFrame(data), duration="t", event="e")


def test_bad_parameters_are_refused():
    result = retention.count_durations(pd.DataFrame({"t": [1, 2], "e": [1, 0], "g": ["a", "b"]}), duration="t", event="e", by="g")
    with pytest.raises(ParameterError, match=r"write 0\.95"):
        retention.survival(result, confidence=95)
    with pytest.raises(ColumnError, match="by="):
        retention.survival(result, by="h")
    with pytest.raises(ParameterError, match="adjust"):
        retention.compare(result, between="g", adjust="bonferoni")
    days = retention.count_durations(pd.DataFrame({"t": [1], "e": [1], "g": ["a"]}), duration="t", event="e", by="g", unit="day")
    with pytest.raises(CohortError, match="unit"):
        result + days


def test_missing_durations_are_counted():
    result = retention.count_durations(pd.DataFrame({"t": [1, None, 2], "e": [1, 1, None]}), duration="t", event="e")
    assert result.customers == 1
    assert "2 of 3 rows" in retention.survival(result).warnings[0]
