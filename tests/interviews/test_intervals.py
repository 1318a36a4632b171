"""Intervals of agreement: by deleting interviews, and why there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews.intervals import AlphaReason
from cxlib.shown.language import word


def no_yes(*rows):
    return pd.DataFrame(rows, columns=["no", "yes"])


@given(
    st.lists(st.lists(st.sampled_from([(2, 0), (1, 1), (0, 2)]), min_size=2, max_size=6),
             min_size=3, max_size=6),
    st.sampled_from(["alpha", "ordinal", "percent", "ac1", "fleiss", "brennan_prediger", "kappa"]),
)  # fmt: skip
@settings(max_examples=80)
def test_the_default_leaves_out_one_interview_at_a_time(documents, measure):
    """Independent form: the units of each interview are taken out, and the rest estimated anew."""
    units = no_yes(*[unit for document in documents for unit in document])
    document = np.repeat(np.arange(len(documents)), [len(each) for each in documents])

    def estimate(kept, **how):
        chosen = units[kept].reset_index(drop=True)
        if measure in ("alpha", "ordinal"):
            numbers = chosen.set_axis([0, 1], axis=1)
            level = "nominal" if measure == "alpha" else measure
            return interviews.krippendorff_alpha(numbers, level=level, **how)
        if measure == "kappa":  # of a disagreement, the first coder says yes in even rows
            even = np.arange(len(units))[kept] % 2 == 0
            yes = chosen["yes"].to_numpy()
            both, one = yes == 2, yes == 1
            pair = pd.DataFrame({"a": both | (one & even), "b": both | (one & ~even)})
            return interviews.cohen_kappa(pair, **how)
        return interviews.coefficient(chosen, measure=measure, **how)

    everything = np.ones(len(units), bool)
    found = estimate(everything, cluster=document)
    n = len(documents)
    left = np.array([estimate(document != i, interval=None).value for i in range(n)])
    if np.isnan(found.value):
        assert found.reason is AlphaReason.ONE_VALUE
    elif found.value > 1 - 1e-12:
        assert found.reason is AlphaReason.NO_DIFFERENCE
    elif np.isnan(left).any():
        assert found.reason is AlphaReason.VALUE_IN_ONE
        assert found.undefined == np.isnan(left).mean()
    elif (left > 1 - 1e-12).any():
        assert found.reason is AlphaReason.DIFFERENCE_IN_ONE
    elif np.ptp(left) < 1e-9:
        assert np.isnan(found.ci_low) or found.ci_high - found.ci_low < 1e-6
    else:
        theta = np.log(1 - left)
        half = stats.t.ppf(0.975, n - 1) * np.sqrt((n - 1) * theta.var())
        ends = 1 - np.exp(np.log(1 - found.value) + np.array([half, -half]))
        ends[0] = max(ends[0], min(0 if measure == "percent" else -1, found.value))
        assert_allclose([found.ci_low, found.ci_high], ends, rtol=1e-6)
    assert found.n_clusters == n


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(2, 0), (2, 0), (0, 2), (0, 2)], AlphaReason.NO_DIFFERENCE),
        ([(2, 0), (2, 0), (1, 1), (2, 0)], AlphaReason.VALUE_IN_ONE),
        ([(0, 2), (2, 0), (1, 1), (0, 2), (2, 0)], AlphaReason.DIFFERENCE_IN_ONE),
        ([(1, 1), (1, 1), (1, 1)], AlphaReason.NO_SPREAD),
    ],
)
def test_where_there_is_no_interval_it_says_why(rows, reason):
    found = interviews.krippendorff_alpha(no_yes(*rows))
    assert not np.isnan(found.value)
    assert np.isnan([found.ci_low, found.ci_high]).all()
    assert found.reason is reason


def test_coders_who_differ_in_every_interview_are_not_said_never_to_differ():
    found = interviews.krippendorff_alpha(no_yes((1, 1), (1, 1), (1, 1)))
    for language, said in {
        "en": "the same whichever interviews are left out",
        "ja": "どのインタビューを除いても一致度が変わらず",
        "ko": "어느 인터뷰를 빼도 일치도가 같아",
    }.items():
        assert said in word(found.reason, language)


def test_no_interval_is_made_where_none_is_asked_for():
    rows = no_yes((2, 0), (1, 1), (0, 2))
    for how in ({"interval": None}, {"interval": "bootstrap", "resamples": 0}):
        found = interviews.krippendorff_alpha(rows, **how)
        assert np.isnan(found.ci_low)
        assert found.reason is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"interval": "jacknife"}, "did you mean 'jackknife'"),
        ({"resamples": -1}, "resamples=-1 is below 0"),
        ({"confidence": 95}, "confidence"),
        ({"cluster": [1, 2]}, "3 units"),
        ({"cluster": [1, None, 2]}, "cluster is missing for 1 of 3 units"),
    ],
)
def test_parameters_with_a_rule(change, says):
    rows = no_yes((2, 0), (1, 1), (0, 2))
    with pytest.raises(ParameterError, match=says):
        interviews.krippendorff_alpha(rows, **change)
    with pytest.raises(ParameterError, match=says):
        interviews.coefficient(rows, measure="ac1", **change)
    with pytest.raises(ParameterError, match=says):
        interviews.cohen_kappa(pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 2]}), **change)


def test_the_default_covers_where_the_bootstrap_does_not():
    """Truth by construction (see the benchmark, which has more cells and runs): alpha is 0.7, eight
    interviews; 400 runs leave 1.1 points of chance around 95 %."""
    from tests.benchmarks import bench_agreement_coverage as bench

    rng = np.random.default_rng(5)
    held = {"jackknife": 0, "bootstrap": 0}
    for run in range(400):
        units, document = bench.draw(rng, 8, 0.7)
        for name in held:
            one = interviews.krippendorff_alpha(
                units, cluster=document, interval=name, resamples=200, seed=run
            )
            held[name] += one.ci_low <= 0.7 <= one.ci_high
    assert held["jackknife"] / 400 > 0.92
    assert held["bootstrap"] < held["jackknife"]


def test_the_lower_end_is_no_lower_than_the_coefficient_can_be():
    rows = no_yes(*[(2, 0)] * 20, (1, 1), *[(2, 0)] * 9, (1, 1), *[(0, 2)] * 4, *[(0, 2)])
    document = np.repeat(np.arange(4), [20, 10, 5, 1])
    found = interviews.krippendorff_alpha(rows, cluster=document, confidence=0.99)
    assert found.ci_low == -1
    few = no_yes(*[(2, 0)] * 9, (1, 1), (1, 1), (1, 1))
    found = interviews.coefficient(
        few, measure="percent", cluster=np.repeat([0, 1, 2], [9, 1, 2]), confidence=0.99
    )
    assert found.ci_low == 0
