"""Mean time stayed: against ordinary means where nobody is censored, by hand, and what cannot be
known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import retention
from cxlib.errors import ColumnError, EmptyDataError, ParameterError


def counts(rows, **more):
    return retention.count_durations(pd.DataFrame(rows), duration="t", event="e", **more)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=30), st.integers(1, 12))
def test_without_censoring_it_is_the_mean_of_the_shorter(times, horizon):
    row = retention.rmst(counts({"t": times, "e": [1] * len(times)}), horizon=horizon).frame.iloc[0]
    short = np.minimum(times, horizon)
    assert_allclose(
        [row["rmst"], row["se"]],
        [short.mean(), short.std() / np.sqrt(len(times))],
        rtol=1e-12,
        atol=1e-12,
    )


def test_weights_are_those_of_a_weighted_mean():
    """Uncensored, the influence of a customer is weight x (time - mean) / sum of weights."""
    t, w = np.array([1, 3, 3, 7]), np.array([0.5, 2.0, 1.0, 1.5])
    row = retention.rmst(counts({"t": t, "e": [1] * 4, "w": w}, weight="w"), horizon=5).frame.iloc[
        0
    ]
    short = np.minimum(t, 5)
    mean = np.average(short, weights=w)
    assert_allclose(
        [row["rmst"], row["se"]],
        [mean, np.sqrt(((w * (short - mean)) ** 2).sum()) / w.sum()],
        rtol=1e-12,
    )


def test_nobody_lost_is_no_certainty():
    found = retention.rmst(
        counts({"t": [5, 5, 5], "e": [0, 0, 0], "층": ["가", "가", "나"]}, by="층", unit="month"),
        by="층",
    )
    assert found.frame[["rmst", "se"]].values.tolist() == [[5.0, 0.0], [5.0, 0.0]]
    assert found.frame[["ci_low", "ci_high"]].isna().all(axis=None)
    assert "나: nobody was lost within the first 5 months (n = 1)" in found.summary()


def test_the_horizon_lies_where_something_is_known():
    data = {"t": [2, 4, 9], "e": [1, 0, 1], "g": ["a", "a", "b"]}
    assert retention.rmst(counts(data, by="g"), by="g").frame["horizon"].tolist() == [2.0, 2.0]
    assert retention.rmst(counts(data, by="g"), by="g", horizon=4).frame["rmst"].tolist() == [
        3.0,
        4.0,
    ]
    with pytest.raises(ParameterError, match="at most 4, the last time that is known of a"):
        retention.rmst(counts(data, by="g"), by="g", horizon=5)
    with pytest.raises(ParameterError, match="above 0"):
        retention.rmst(counts(data), horizon=-1)
    with pytest.raises(EmptyDataError, match="more than 0"):
        retention.rmst(counts({"t": [0], "e": [1]}))
    with pytest.raises(ColumnError, match="by='h'"):
        retention.rmst(counts(data), by="h")


def test_a_customer_followed_for_no_time_does_not_shorten_the_horizon():
    """The means of both groups are those without that customer."""
    data = {
        "t": [0, 5, 7, 9, 9, 3, 8, 9, 9, 9],
        "e": [0, 1, 1, 0, 0, 1, 1, 0, 0, 0],
        "g": ["a"] * 5 + ["b"] * 5,
    }
    known = {name: values[1:] for name, values in data.items()}
    found, right = (retention.rmst(counts(rows, by="g"), by="g").frame for rows in (data, known))
    assert found["horizon"].tolist() == right["horizon"].tolist() == [3.0, 3.0]
    assert_allclose(found[["rmst", "se"]], right[["rmst", "se"]], rtol=1e-15)
    assert retention.compare(counts(data, by="g"), between="g").frame["horizon"].tolist() == [3.0]


def test_a_group_that_lost_nobody_is_not_certain():
    """Equal hazards, 12 customers beside 300, 200 data sets: the mean differs "significantly" in
    about 5 % (3 errors: 9.6 %).

    With the error of the small group taken as 0 where it lost nobody, it did in 65 %.
    """
    rng, wrong = np.random.default_rng(8), 0
    for _ in range(200):
        t = rng.geometric(0.004, 312)
        frame = pd.DataFrame(
            {"g": np.repeat(["a", "b"], [12, 300]), "tenure": np.minimum(t, 12), "lost": t <= 12}
        )
        frame = frame.assign(censored=~frame["lost"]).groupby(["g", "tenure"], as_index=False).sum()
        row = retention.compare(retention.Durations(frame, by=("g",)), between="g").frame.iloc[0]
        wrong += row["rmst_pvalue"] < 0.05
        assert not (row["rmst_a"] == 12 and np.isfinite(row["se"]))
    assert wrong / 200 < 0.096
