"""Accumulation, rarefaction and Chao2: vegan and the formulas, bounds, and data without an
answer."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews.methods import Method

from ..conftest import ORACLES


@pytest.fixture(scope="module")
def incidence():
    return pd.read_csv(ORACLES / "interviews" / "saturation_incidence_16.csv").set_index(
        "interview"
    )


def test_reference_values(incidence, expected):
    """Oracle: R vegan specaccum(method="exact") and specpool; coverage and counts from the
    formulas. 1e-9 as stated there."""
    case = expected["saturation_incidence_16"]["expected"]
    found = interviews.accumulate(incidence)
    row = found.richness.iloc[0]
    assert found.frame["new"].tolist() == case["new_codes_per_interview"]
    assert found.frame["cumulative"].tolist() == case["cumulative_codes"]
    assert_allclose(found.frame["expected"], case["vegan_specaccum_exact_richness"], rtol=1e-9)
    assert (row["once"], row["twice"], row["observed"]) == (
        case["Q1"],
        case["Q2"],
        case["codes_observed"],
    )
    assert_allclose(
        [row["estimate"], row["se"]],
        [case["vegan_specpool_chao"], case["vegan_specpool_chao.se"]],
        rtol=1e-9,
    )
    assert_allclose(row["coverage"], case["sample_coverage_chao_jost_2012"], rtol=1e-9)


def test_interval_of_chao_1987(incidence):
    """Independent arithmetic: log-normal interval from vegan's estimate and se."""
    row = interviews.accumulate(incidence).richness.iloc[0]
    unseen = 29.953125 - 28
    spread = np.exp(1.959963984540054 * np.sqrt(np.log(1 + (2.3750085663222706 / unseen) ** 2)))
    assert_allclose(
        [row["ci_low"], row["ci_high"]], [28 + unseen / spread, 28 + unseen * spread], rtol=1e-9
    )


tables = st.integers(1, 6).flatmap(
    lambda c: st.lists(st.lists(st.booleans(), min_size=c, max_size=c), min_size=1, max_size=5)
)


@given(tables)
@settings(max_examples=40)
def test_expected_is_the_mean_over_all_orders(table):
    """Independent form: every order of the interviews counted out; the band lies within what orders
    can give."""
    seen = np.array(table, bool)
    curves = np.array(
        [
            np.logical_or.accumulate(seen[list(order)], axis=0).sum(axis=1)
            for order in itertools.permutations(range(len(seen)))
        ]
    )
    frame = interviews.accumulate(seen, resamples=50).frame
    assert_allclose(frame["expected"], curves.mean(axis=0), atol=1e-9)
    assert (frame["ci_low"] >= curves.min(axis=0)).all()
    assert (frame["ci_high"] <= curves.max(axis=0)).all()
    assert frame["ci_high"].iloc[-1] == frame["cumulative"].iloc[-1]


@given(tables)
@settings(max_examples=40)
def test_estimates_are_in_bounds_or_say_why_not(table):
    row = interviews.accumulate(table, resamples=1).richness.iloc[0]
    if row["reason"] and np.isnan(row["estimate"]):
        return
    assert row["estimate"] >= row["observed"]
    assert 0 <= row["coverage"] <= 1
    assert row["gained"] >= 0
    if not row["reason"]:
        assert row["observed"] <= row["ci_low"] <= row["estimate"] <= row["ci_high"]
        assert row["gained"] <= row["estimate"] - row["observed"] + 1e-12


def test_many_more_interviews_bring_all_that_is_estimated(incidence):
    row = interviews.accumulate(incidence, ahead=10_000).richness.iloc[0]
    assert_allclose(row["gained"], row["estimate"] - row["observed"], rtol=1e-6)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([[1, 0, 1]], "one interview only"),
        ([[0, 0], [0, 0]], "no code counts"),
        ([[1, 0], [0, 1]], "in a single interview, so"),
        ([[1, 1], [1, 1], [1, 0]], "no hint of unheard ones"),
    ],
)
def test_what_cannot_be_estimated_is_said(table, says):
    found = interviews.accumulate(table)
    assert says in found.summary()
    assert "nan" not in found.summary()
    assert found.plot().get_title(loc="left")


def test_without_codes_in_exactly_two_interviews_the_corrected_form_is_used():
    """Exact arithmetic: N = 4, Q1 = 3, Q2 = 0, S = 4 gives 4 + 3/4 * 3 = 6.25; variance of
    EstimateS."""
    table = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]])
    row = interviews.accumulate(table).richness.iloc[0]
    assert row["estimate"] == 6.25
    assert_allclose(
        row["se"] ** 2, 2.25 + 0.5625 * 3 * 25 / 4 - 0.5625 * 81 / (4 * 6.25), rtol=1e-12
    )
    assert row["method"] == Method.CHAO2_CORRECTED


def test_corpus_counts_by_rule_and_order(small):
    found = interviews.saturation(small)
    assert found.frame["document"].tolist() == ["a.txt", "b.txt", "c.txt"]
    assert found.frame["new"].tolist() == [2, 0, 0]
    assert interviews.saturation(small, rule="any").frame["new"].tolist() == [2, 1, 0]
    assert interviews.saturation(small, rule="Kim").frame["document"].tolist() == ["a.txt", "b.txt"]
    assert interviews.saturation(small, order="세그먼트").frame["document"].tolist() == [
        "c.txt",
        "a.txt",
        "b.txt",
    ]
    with pytest.raises(ColumnError, match="order='when'"):
        interviews.saturation(small, order="when")


def test_bad_input():
    with pytest.raises(EmptyDataError, match="no interviews"):
        interviews.accumulate(np.zeros((0, 3)))
    with pytest.raises(ParameterError, match="ahead=0"):
        interviews.accumulate([[1], [1]], ahead=0)


def test_figure_says_the_finding(incidence):
    ax = interviews.accumulate(incidence).plot()
    assert ax.get_title(loc="left") == "28 codes heard, 1 of them first in the last 3 interviews"
    assert ax.get_xlabel() == "interviews"


def test_orders_are_read_as_people_do_and_a_missing_one_is_said(build):
    names = ["a", "b", "c"]
    corpus = build(
        dict.fromkeys(names, 1),
        [(name, 0, name, "M") for name in names],
        nr=["call 10", None, "call 9"],
    )
    found = interviews.saturation(corpus, order="nr")
    assert found.frame["document"].tolist() == ["c", "a", "b"]
    assert "1 interview has no value in the column nr" in str(found.warnings[0])
    assert interviews.saturation(corpus, order="document").frame["document"].tolist() == names


def test_an_order_that_names_do_not_tell_is_said(build):
    names = ["a", "b"]
    corpus = build(
        dict.fromkeys(names, 1),
        [(name, 0, name, "M") for name in names],
        quarter=["Q4 2025", "Q1 2026"],
        bare=["Q4", "Q1"],
    )
    told = interviews.saturation(corpus, order="quarter")
    assert told.frame["document"].tolist() == names
    assert "not known" not in " ".join(map(str, told.warnings))
    bare = interviews.saturation(corpus, order="bare")
    assert "by bare in time is not known: Q1 and Q4" in str(bare.warnings[0])
