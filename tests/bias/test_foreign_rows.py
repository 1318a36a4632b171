"""Weights belong to the rows they were made from: what counts as other rows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import bias
from cxlib.bias import foreign_rows
from cxlib.errors import WeightError

ROWS = pd.DataFrame(
    {"国": ["日", "日", "韓", "韓"] * 5, "plan": ["a", "b"] * 10, "w": [1.0, 2.5] * 10}
)
TARGETS = {"国": {"日": 0.7, "韓": 0.3}, "plan": {"a": 0.4, "b": 0.6}}


@pytest.fixture(scope="module")
def weights():
    return bias.rake(ROWS, targets=TARGETS, weight="w")


@given(st.permutations(range(len(ROWS))))
def test_the_same_rows_in_any_order_are_the_same(weights, order):
    weights.check(ROWS.iloc[order])
    weights.check(ROWS.iloc[order].assign(国=lambda rows: rows["国"] + " ", more=1))


@given(st.lists(st.integers(0, len(ROWS) - 1), max_size=30))
def test_other_rows_are_refused_and_the_cell_named(weights, drawn):
    """By counting: a sample of the rows is the same only where every cell has as many."""
    other = ROWS.iloc[[0, *drawn]]
    here, there = (frame.groupby(["国", "plan"]).size() for frame in (other, ROWS))
    if here.reindex(there.index, fill_value=0).equals(there):
        weights.check(other)
        return
    with pytest.raises(WeightError, match="these are other rows") as refusal:
        weights.check(other)
    cell = next(cell for cell in there.index if here.get(cell, 0) != there[cell])
    said = f"{here.get(cell, 0)} of {' · '.join(cell)} here, {there[cell]} among the rows"
    assert said in str(refusal.value)


def test_a_wave_takes_no_weights_of_another():
    """Wave A's weights on wave B gave an NPS of 80.0 with an error of 9e-8."""
    first = pd.DataFrame({"plan": ["a"] * 60 + ["b"] * 40, "score": [9, 3] * 50})
    second = pd.DataFrame({"plan": ["a"] * 50 + ["b"] * 50, "score": [9, 3] * 50})
    made = bias.rake(first, targets={"plan": {"a": 1, "b": 1}})
    with pytest.raises(WeightError, match="50 of a here, 60 among the rows"):
        made.apply(second)
    bias.rake(second, targets={"plan": {"a": 1, "b": 1}}).apply(second)  # the advice works


def test_base_weights_that_differ_are_other_rows(weights):
    with pytest.raises(WeightError, match=r"base weights 'w' of 日 · a sum to 10 here, to 5 among"):
        weights.check(ROWS.assign(w=2.0))
    weights.check(ROWS.assign(w=ROWS["w"] * (1 + 1e-12)))


def test_without_margins_the_number_of_rows_must_agree():
    made = bias.rake(ROWS, targets={}, weight="w")
    made.check(ROWS)
    with pytest.raises(WeightError, match="19 rows here, 20 among"):
        made.check(ROWS.tail(19))
    with pytest.raises(WeightError, match="base weights 'w' of all rows sum to 20 here, to 35"):
        made.check(ROWS.assign(w=1.0))


def test_numbers_are_named_with_their_columns():
    made = pd.DataFrame({"plan": ["a"], "visits": [3.5], "n": [4], "base": [4.0]})
    with pytest.raises(WeightError, match=r"5 of a · visits 3\.5 here, 4 among"):
        foreign_rows.match(made.assign(n=5), made, keys=["plan", "visits"], weight=None)
