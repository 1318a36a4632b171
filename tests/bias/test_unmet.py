"""Refusals of `rake` are said once: `weigh` goes on with the base weights and says the same."""

import time

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import CxError, WeightError

TEN_AND_TEN = pd.DataFrame({"a": ["x"] * 10 + ["y"] * 10, "b": ["p"] * 10 + ["q"] * 10, "w": 2.0})

# what lies in who answered: rows, targets, and what the refusal names
REASONS = {
    "contradiction": (
        TEN_AND_TEN,
        {"a": {"x": 0.6, "y": 0.4}, "b": {"p": 0.25, "q": 0.75}},
        ["a='x' is 25.00 %", "a='x' (60.0 %)", "b='p' (25.0 %)", "merge those categories"],
    ),
    "weight zero": (
        pd.concat([TEN_AND_TEN, pd.DataFrame({"a": ["x"], "b": ["q"], "w": 2.0})]),
        {"a": {"x": 60, "y": 40}, "b": {"p": 60, "q": 40}},
        ["a='x' and b='q' get the weight 0"],
    ),
    "nobody": (
        TEN_AND_TEN,
        {"a": {"x": 40, "y": 40, "z": 20}, "b": {"p": 40, "q": 40, "r": 20}},
        ["nobody among the respondents is 'z'", "nobody is 'r'", "merge={'a'", "merge='auto'"],
    ),
    "zero target": (
        TEN_AND_TEN,
        {"a": {"x": 1, "y": 0}},
        ["10 respondents are 'y'", "target is 0"],
    ),
    "no target": (TEN_AND_TEN, {"a": {"x": 1}}, ["10 respondents are 'y'", "there is 'x'"]),
    "missing": (
        TEN_AND_TEN.assign(a=["x"] * 8 + [None, " "] + ["y"] * 10),
        {"a": {"x": 0.5, "y": 0.5}},
        ["2 of 20 respondents have no value", "margins='a'"],
    ),
    "spelling": (TEN_AND_TEN, {"a": {"X": 0.5, "y": 0.5}}, ["'X'", "did you mean 'x'"]),
}


@pytest.mark.parametrize("reason", REASONS)
def test_rake_refuses_and_weigh_goes_on_with_the_same_words(reason):
    rows, targets, said = REASONS[reason]
    with pytest.raises(WeightError) as refused:
        bias.rake(rows, targets=targets, weight="w")
    assert all(each in str(refused.value) for each in said), str(refused.value)
    weights = bias.weigh(rows, targets=targets, weight="w")
    assert str(weights.unmet) == str(refused.value)
    assert str(weights.unmet) in str(weights.warnings[0])
    assert str(weights.unmet) in weights.summary()
    assert "not weighted" in weights.summary()
    assert weights.targets == {}
    assert_allclose(weights.apply(rows, name="final").execute()["final"], 2.0)


# what is wrong in what was given is refused by both
WRONG = {
    "collision": ({"a": {"x": 1, "x ": 1, "y": 2}}, "'x' and 'x '"),
    "sum": ({"a": {"x": 0.6, "y": 0.37}}, "sum to 0.97"),
    "slip": ({"a": {"x": 57, "y": 40}}, "sum to 97"),
    "totals": ({"a": {"x": 600, "y": 400}, "b": {"p": 1, "q": 1}}, "different totals"),
    "table": (pd.DataFrame({"a": ["x"], "n": [3]}), "read_targets"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_the_targets_is_refused_by_both(what):
    targets, said = WRONG[what]
    rows = pd.concat([TEN_AND_TEN] * 6)  # 120: more than a population of 97
    for function in (bias.rake, bias.weigh):
        with pytest.raises(WeightError, match=said):
            function(rows, targets=targets)


@pytest.mark.parametrize("weights", [["1e-05", "1"] * 10, ["1", "NA"] * 10])
def test_weights_in_text_are_read_or_refused(weights, tmp_path):
    """`1e-05` is a number, `NA` is none: the reader of surveys says so."""
    path = tmp_path / "s.csv"
    TEN_AND_TEN.assign(w=weights, score=9).to_csv(path, index=False)
    p = bias.Parameters.parse(
        {"survey": path, "score": "score", "weight": "w", "targets": {"a": {"x": 0.6, "y": 0.4}}}
    )
    if "NA" in weights:
        with pytest.raises(CxError, match=r"weight.*10 "):
            bias.read(p)
    else:
        sample = bias.read(p)
        found = bias.weigh(sample.respondents, targets=sample.targets, weight="w")
        assert found.unmet is None
        assert_allclose(found.frame["share_after"], [0.6, 0.4])


def test_a_thousand_categories_are_weighted_in_seconds():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"g": rng.permutation(np.arange(20_000) % 1000), "h": ["a", "b"] * 10_000})
    totals = rng.uniform(1, 3, 1000)
    targets = {"g": dict(enumerate(totals / totals.sum())), "h": {"a": 0.4, "b": 0.6}}
    start = time.process_time()
    weights = bias.rake(rows, targets=targets)
    assert weights.residual <= 1e-10
    few = bias.rake(rows[::9], targets=targets, merge="auto")  # two of each
    assert few.frame.query("margin == 'g'")["n"].min() >= 5
    assert time.process_time() - start < 5  # 0.5 here


def test_without_data_nothing_is_weighted():
    assert "nothing" in bias.weigh(None, targets={}).summary()
