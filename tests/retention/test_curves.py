"""Kaplan-Meier and log-rank: R survival 3.5 (1e-10), statsmodels, and by hand."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cxlib import retention
from cxlib.errors import ParameterError
from tests.conftest import ORACLES
from tests.retention.followed import counts

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


def count(frame, columns):
    return retention.count_durations(frame, duration=columns[0], event=columns[1], by=columns[2])


def assert_same_counts(frame, rows):
    for ours, theirs in (
        ("tenure", "time"),
        ("at_risk", "n_risk"),
        ("lost", "n_event"),
        ("censored", "n_censor"),
    ):
        assert_array_equal(frame[ours], rows[theirs], err_msg=ours)


def test_kaplan_meier_of_all(oracle):
    expected, data, columns = oracle
    rows, frame = expected["km_overall_loglog"], retention.survival(count(data, columns)).frame
    assert_same_counts(frame, rows)
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
        retention.survival(count(data, columns), by=columns[2]).frame,
    )
    assert_array_equal(".g=" + frame[columns[2]], rows["strata"])
    assert_same_counts(frame, rows)
    assert_allclose(frame["survival"], rows["surv"], rtol=1e-10, atol=1e-15)
    assert_allclose(frame["se"], np.array(rows["std_err"], float), rtol=1e-10)


def test_log_rank(oracle):
    expected, data, columns = oracle
    result = retention.compare(count(data, columns), between=columns[2])
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
    assert "nothing to compare" in str(compared.warnings[0])
    assert compared.summary() == str(compared.warnings[0])


def test_one_customer_lost():
    frame = retention.survival(
        retention.count_durations(pd.DataFrame({"t": [2], "e": [1]}), duration="t", event="e")
    ).frame
    assert frame["survival"].tolist() == [0.0]
    assert frame[["se", "ci_low", "ci_high"]].isna().all(axis=None)  # do not exist at 0, as in R


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


def test_quantiles_of_a_flat_step_are_its_middle():
    found = retention.survival(counts({"t": [1, 2, 3, 4], "e": [1, 1, 1, 1]})).quantiles([0.5, 0.9])
    assert found["tenure"].tolist() == [2.5, 4.0]
    assert retention.survival(counts({"t": [1], "e": [0]})).quantiles()["tenure"].isna().all()
    with pytest.raises(ParameterError, match="probs="):
        retention.survival(counts({"t": [1], "e": [0]})).quantiles([50])
