"""Intervals without a width, and the reason that is given."""

import numpy as np
import pandas as pd
import pytest

from cxlib import bias

N = 40
ROWS = pd.DataFrame(
    {
        "同": 5.0,
        "s": [0.0, 3, 7, 9, 10] * 8,
        "国": list("ab") * 20,
        "is_a": [1.0, 0.0] * 20,
        "c": list("pqrs") * 10,
        "all": N,
        "two": 2 * N,
        "lone": ["x"] + ["y"] * 39,
    }
)
RAKED = bias.rake(ROWS, targets={"国": {"a": 600, "b": 400}})
PLAIN = bias.rake(ROWS, targets={})


def reasons(found):
    return [
        said.values["why"].key.removeprefix("bias.why_")
        for said in found.warnings
        if said.key in ("bias.no_width", "bias.no_width_groups")
    ]


@pytest.mark.parametrize("se", ["linearised", "jackknife"])
@pytest.mark.parametrize(
    ("outcome", "how", "why"),
    [
        ("同", {}, ["alike"]),
        ("同", {"weights": RAKED}, ["alike"]),
        ("s", {}, []),
        ("s", {"weights": RAKED}, []),
        ("s", {"population": "two"}, []),
        ("s", {"population": "all"}, ["census"]),
        ("is_a", {"weights": RAKED}, ["fixed"]),
        ("is_a", {}, []),
        ("is_a", {"strata": "国"}, ["units"]),
    ],
)
def test_an_interval_without_a_width_says_why(outcome, how, why, se):
    for estimate in (bias.weighted_mean, bias.weighted_total):
        found = estimate(ROWS, outcome=outcome, se=se, **how)
        assert reasons(found) == why
        width = (found.frame["ci_high"] - found.frame["ci_low"]).abs()
        assert (width.to_numpy() < 1e-4).all() == bool(why)


def test_an_nps_and_groups_say_it_too():
    assert reasons(bias.estimate_nps(ROWS.assign(s=10), score="s", weights=PLAIN)) == ["alike"]
    found = bias.weighted_mean(ROWS, outcome="is_a", by="国")
    assert reasons(found) == ["alike"]
    assert "in a and b: all answers" in str(found.warnings[-1])
    ratio = bias.weighted_ratio(ROWS, numerator="同", denominator="two")
    assert reasons(ratio) == ["alike"]


@pytest.mark.parametrize(
    ("outcome", "by", "weights", "said"),
    [
        ("s", "lone", None, "a single row or cluster"),
        ("is_a", "国", None, "all of one kind or fixed"),
        ("is_a", "国", RAKED, "all of one kind or fixed"),
    ],
)
def test_a_difference_without_a_test_says_why(outcome, by, weights, said):
    found = bias.weighted_differences(ROWS, outcome=outcome, by=by, weights=weights)
    assert "could not be tested: " in found.summary()
    assert said in found.summary()
    assert "chance" not in found.summary()
    assert said in str(found.warnings[-1])
    assert found.frame[["se", "ci_low", "ci_high", "pvalue", "pvalue_adj"]].isna().all(axis=None)
    assert np.isfinite(found.frame["difference"]).all()
