"""Targets that no weights can meet are refused with the contradiction."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import (
    WeightError,
)
from tests.bias.test_weighting import MIXED, TEN_AND_TEN


def test_infeasible_targets_are_refused_with_the_contradiction():
    with pytest.raises(WeightError) as refusal:
        bias.rake(TEN_AND_TEN, targets={"a": {"x": 60, "y": 40}, "b": {"p": 25, "q": 75}})
    said = str(refusal.value)
    assert "a='x' is 25.00 % after the last step, 60.00 % is wanted" in said
    assert "Every respondent with a='x' (60.0 %) is one with b='p' (25.0 %)" in said
    assert "merge those categories" in said


def test_three_margins_that_contradict_each_other_are_named():
    rows = pd.DataFrame(
        [("x", "p", "s"), ("y", "q", "s"), ("x", "q", "t"), ("y", "p", "t")], columns=list("abc")
    )
    with pytest.raises(
        WeightError, match=r"No weights .* meet all of these targets at once.*c='t' \(5\.0 %\)"
    ):
        bias.rake(
            rows, targets={"a": {"x": 90, "y": 10}, "b": {"p": 10, "q": 90}, "c": {"s": 95, "t": 5}}
        )


def test_targets_met_only_with_weight_zero_are_refused():
    with pytest.raises(WeightError, match="respondents with a='x' and b='q' get the weight 0"):
        bias.rake(MIXED, targets={"a": {"x": 60, "y": 40}, "b": {"p": 60, "q": 40}})
