"""Shrunken scores and who is worst: against a published example, seeded draws, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.nps.methods.hierarchy import shrunken, spreads
from tests.nps.test_equality import rows_of

SCHOOLS = (
    np.array([28, 8, -3, 7, -1, 1, 18, 12]) / 100,
    (np.array([15, 10, 16, 11, 9, 11, 10, 18]) / 100) ** 2,
)
groups = st.lists(st.tuples(st.floats(-0.9, 0.9), st.floats(1e-4, 0.2)), min_size=1, max_size=12)


def drawn(y, v, *, draws=400_000, seed=20240501):
    """True scores drawn from the same model, tau from a fine grid: nothing shared with the code but
    the model."""
    rng = np.random.default_rng(seed)
    tau = (np.arange(8_000) + 0.5) / 8_000
    total = v + tau[:, None] ** 2
    weight = (1 / total).sum(axis=1)
    centre = (y / total).sum(axis=1) / weight
    log = stats.norm.logpdf(y, centre[:, None], np.sqrt(total)).sum(axis=1) - np.log(weight) / 2
    i = rng.choice(len(tau), draws, p=np.exp(log - log.max()) / np.exp(log - log.max()).sum())
    mean = centre[i] + rng.normal(size=draws) / np.sqrt(weight[i])
    pull = v / total[i]
    theta = (
        pull * mean[:, None]
        + (1 - pull) * y
        + np.sqrt(pull) * tau[i, None] * rng.normal(size=(draws, len(y)))
    )
    return theta


def test_eight_schools_equal_the_published_quantiles():
    # Gelman et al. 2013, Bayesian Data Analysis, table 5.3: 2.5 % and 97.5 % of school A -2, 31, of
    # school G -1, 26, of school E -9, 18, from 200 draws, so to 3 points; ours in hundredths
    mean, low, high, _, _ = shrunken(*SCHOOLS, confidence=0.95)
    assert_allclose(100 * low[[0, 6, 4]], [-2, -1, -9], atol=3)
    assert_allclose(100 * high[[0, 6, 4]], [31, 26, 18], atol=3)
    assert mean.argmax() == 0


@pytest.mark.parametrize("case", ["schools", "two", "one huge", "alike", "many"])
def test_equal_to_draws_from_the_model(case):
    rng = np.random.default_rng(5)
    y, v = {
        "schools": SCHOOLS,
        "two": (np.array([0.1, 0.3]), np.array([0.02, 0.003])),
        "one huge": (np.array([0.1, 0.12, 0.3, -0.2]), np.array([1e-6, 0.02, 0.01, 0.03])),
        "alike": (np.zeros(3), np.array([0.004, 0.004, 0.0001])),
        "many": (rng.normal(0.2, 0.15, 40), rng.uniform(0.001, 0.03, 40)),
    }[case]
    mean, low, high, worst, best = shrunken(y, v, confidence=0.9)
    theta = drawn(y, v, draws=400_000 if len(y) < 20 else 100_000)
    k = len(y)
    # 64 equally likely values of tau stand for its posterior, and the draws have their own error:
    # 0.2 points, 0.005
    assert_allclose(mean, theta.mean(axis=0), atol=0.002)
    assert_allclose([low, high], np.quantile(theta, [0.05, 0.95], axis=0), atol=0.004)
    assert_allclose(worst, np.bincount(theta.argmin(axis=1), minlength=k) / len(theta), atol=0.005)
    assert_allclose(best, np.bincount(theta.argmax(axis=1), minlength=k) / len(theta), atol=0.005)


def test_with_a_known_spread_it_is_the_closed_form():
    # many exact segments fix tau and the mean; a further one is then pulled by v / (v + tau^2), and
    # its interval is normal
    y = np.concatenate([stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000) * 0.1 + 0.2, [0.6]])
    v = np.concatenate([np.full(2_000, 1e-8), [0.02]])
    tau = spreads(y, v)
    assert_allclose(tau, 0.1, atol=0.006)
    mean, low, high, worst, best = shrunken(y, v, confidence=0.95)
    assert_allclose(mean[-1], 0.2 + 0.4 * 0.01 / 0.03, atol=0.003)
    assert_allclose((high - low)[-1], 2 * 1.959964 * np.sqrt(0.01 * 0.02 / 0.03), rtol=0.02)
    assert_allclose([worst.sum(), best.sum()], 1, rtol=1e-9)


@settings(max_examples=50)
@given(groups)
def test_shrunken_scores_stay_between_and_chances_sum_to_one(group):
    y, v = np.array(group).T
    mean, low, high, worst, best = shrunken(y, v, confidence=0.95)
    assert ((y.min() - 1e-12 <= mean) & (mean <= y.max() + 1e-12)).all()
    assert ((low < mean) & (mean < high)).all()
    assert_allclose([worst.sum(), best.sum()], 1, rtol=1e-9)
    again = shrunken(-y, v, confidence=0.95)
    assert_allclose(again[0], -mean, atol=1e-9)
    assert_allclose(again[3], best, rtol=1e-6, atol=1e-9)


def test_small_and_empty_segments_are_listed_not_ranked():
    rows = pd.concat(
        [
            rows_of(東京=(60, 20, 20), 부산=(20, 20, 60), tiny=(1, 1, 1)),
            pd.DataFrame({"segment": ["silent"] * 4, "score": [np.nan] * 4}),
        ]
    )
    found = nps.league(rows, between="segment")
    assert found.frame["segment"].tolist() == ["東京", "부산", "tiny", "silent"]
    assert found.frame["rank"].dropna().tolist() == [1, 2]
    assert found.frame["n"].tolist() == [100, 100, 3, 0]
    assert found.frame["reason"].tolist() == [
        "",
        "",
        "few",
        "no_answer",
    ]
    assert "fewer than 10 answers" in repr(found.table())
    assert "no answer that counts" in repr(found.table())
    assert found.frame.loc[2:, ["shrunken", "ci_low", "p_worst"]].isna().all(axis=None)
    assert "부산 is the lowest of 2" in found.summary()
    assert "2 segments are listed" in str(found.warnings[0])
    assert found.plot().get_title(loc="left").startswith("부산 is the lowest")


def test_two_hundred_segments_of_which_some_have_one_answer():
    rng = np.random.default_rng(1)
    store = np.repeat(np.arange(200), np.where(np.arange(200) % 40 == 0, 1, 60))
    found = nps.league(
        pd.DataFrame({"store": store, "score": rng.choice([10, 8, 3], len(store))}), between="store"
    )
    assert found.frame["rank"].notna().sum() == 195
    assert_allclose(found.frame[["p_worst", "p_best"]].sum(), 1, rtol=1e-9)
    assert "cannot be told" in found.summary()
    assert len(found.plot().get_yticks()) == 30


def test_all_of_one_kind_one_segment_and_none_to_rank():
    found = nps.league(rows_of(a=(40, 0, 0), b=(30, 0, 0)), between="segment")
    assert_allclose(found.frame["shrunken"], 100)
    assert (found.frame["ci_low"] < 99).all()
    assert (found.frame["ci_high"] <= 100).all()
    found = nps.league(rows_of(a=(40, 0, 0), b=(3, 0, 0)), between="segment")
    assert "nothing to rank" in found.summary()
    found.plot()
    found = nps.league(rows_of(b=(3, 0, 0)), between="segment")
    assert found.frame["rank"].isna().all()
    assert "nothing to rank" in found.plot().texts[0].get_text()


def test_a_design_is_used_and_a_lone_cluster_not_ranked():
    rows = rows_of(a=(30, 10, 10), b=(10, 10, 30), c=(5, 5, 5)).assign(
        store=lambda f: np.arange(len(f)) % 7
    )
    rows.loc[rows["segment"] == "c", "store"] = 1
    found = nps.league(rows, between="segment", cluster="store")
    assert found.frame["rank"].isna().tolist() == [False, False, True]
    assert found.frame["reason"].iloc[2] == "one_cluster"
    assert "independent" in str(found.warnings[-1])


def test_bad_values_are_refused():
    with pytest.raises(ParameterError, match="fewest=0"):
        nps.league(rows_of(a=(3, 2, 1)), between="segment", fewest=0)
    with pytest.raises(ParameterError, match="confidence"):
        nps.league(rows_of(a=(3, 2, 1)), between="segment", confidence=1)
    assert "No column" in nps.league(rows_of(a=(3, 2, 1)), between=None).summary()


def test_small_segments_that_look_extreme_are_not_taken_for_well_known():
    rng = np.random.default_rng(3)
    shop, n = np.arange(100), 15
    cover = []
    for _ in range(5):  # all shops are truly alike, at 20 points
        rows = pd.DataFrame(
            {
                "shop": np.repeat(shop, n),
                "score": rng.choice([10, 8, 3], len(shop) * n, p=[0.45, 0.3, 0.25]),
            }
        )
        frame = nps.league(rows, between="shop").frame
        cover.append(((frame["ci_low"] <= 20) & (frame["ci_high"] >= 20)).mean())
    assert np.mean(cover) > 0.98
