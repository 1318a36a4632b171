"""Weighted means and the weighted NPS by hand, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError

ONE = bias.rake(pd.DataFrame({"a": ["x"]}), targets={})


def estimate(result):
    return result.frame[["mean", "se"]].iloc[-1].to_numpy(float)


def test_a_missing_outcome_is_a_domain():
    """Mean of a ratio by hand: rows without an outcome stay in the design (Taylor, one stratum)."""
    rows = pd.DataFrame({"y": [1.0, 2, 4, None, 9], "w": [1.0, 2, 1, 3, 1]})
    result = bias.weighted_mean(rows, outcome="y", weight="w", se="linearised")
    known = rows["y"].notna()
    mean = np.average(rows["y"][known], weights=rows["w"][known])
    e = (rows["w"] * (rows["y"] - mean) / rows["w"][known].sum()).fillna(0)
    assert_allclose(estimate(result), [mean, np.sqrt(5 / 4 * (e**2).sum())])
    assert result.frame["n"].iloc[0] == 4
    assert "1 row has no value" in str(result.warnings[0])


def test_what_a_mean_refuses():
    rows = pd.DataFrame(
        {"y": [1.0, 2.0], "a": ["x", "y"], "h": [1, 2], "bad": [None, 1.0], "one": [1, 1]}
    )
    weights = bias.rake(rows, targets={"a": {"x": 1, "y": 1}})
    for error, said, call in [
        (WeightError, "single answer", {"strata": "h"}),
        (WeightError, "single cluster", {"strata": "h", "cluster": "a"}),
        (WeightError, "1 of 2 weights are missing", {"weight": "bad"}),
        (ParameterError, "both given", {"weight": "h", "weights": weights}),
        (ColumnError, "cluster='bad': 1 rows have no value", {"cluster": "bad"}),
        (ColumnError, "did you mean", {"cluster": "hh"}),
        (ColumnError, "not numbers", {"weight": "a"}),
        (WeightError, "population", {"population": "one"}),
        (ParameterError, "se='jacknife'.*jackknife", {"se": "jacknife"}),
    ]:
        with pytest.raises(error, match=said):
            bias.weighted_mean(rows, outcome="y", **call)
    with pytest.raises(WeightError, match="these are other rows"):
        bias.weighted_mean(rows.assign(a="z"), outcome="y", weights=weights)
    with pytest.raises(EmptyDataError, match="none of the 2 rows"):
        bias.weighted_mean(rows.assign(y=np.nan), outcome="y")
    with pytest.raises(ParameterError, match="confidence"):
        bias.weighted_mean(rows, outcome="y", confidence=95)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 10), st.floats(0.2, 5)),
        min_size=4,
        max_size=30,
    ),
    st.floats(0.1, 50),
)
def test_means_ignore_the_scale_of_weights_and_the_order_of_rows(rows, k):
    frame = pd.DataFrame([*rows, ("a", 1, 1.0), ("b", 9, 1.0)], columns=["g", "y", "w"])
    one = bias.weighted_mean(frame, outcome="y", weight="w")
    two = bias.weighted_mean(
        frame.assign(w=frame["w"] * k).sample(frac=1, random_state=3), outcome="y", weight="w"
    )
    assert_allclose(estimate(one), estimate(two), rtol=1e-9)
    assert frame["y"].min() <= one.frame["mean"].iloc[0] <= frame["y"].max()
