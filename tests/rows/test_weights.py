"""A weight is a number of 0 or more; the rest is refused in one way, in pandas and in an engine."""

from __future__ import annotations

from decimal import Decimal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cxlib.errors import WeightError
from cxlib.rows.weights import find_heavy_weights, read_weights, refuse_unfit, unfit


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (pd.Series([0, 1, 2]), [0, 1, 2]),
        (pd.Series([0.0, np.nan, 1.5]), [0, np.nan, 1.5]),
        (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
        (
            pd.Series(["0", " 1.25 ", "", None, "２．５", "1e-3"]),
            [0, 1.25, np.nan, np.nan, 2.5, 1e-3],
        ),
        (pd.Series([Decimal("1.5"), None], dtype=object), [1.5, np.nan]),
        (pd.Series([], dtype=float), []),
    ],
)
def test_numbers_of_zero_or_more_are_weights(values, read):
    assert_array_equal(read_weights(values, "weight"), read)


@pytest.mark.parametrize(
    ("values", "count", "first"),
    [
        ([1.0, -0.5, -1.0], "2 of 3", "-0.5"),
        ([1.0, float("inf")], "1 of 2", "inf"),
        (["1", "-2", ""], "1 of 2", "-2"),
        (["1,25", "1.25"], "1 of 2", "'1,25'"),
        (["1", "n/a", "inf", None], "2 of 3", "'n/a'"),
        (["nan"], "1 of 1", "'nan'"),
    ],
)
def test_others_are_refused_with_the_column_the_number_the_first_and_the_rule(values, count, first):
    with pytest.raises(WeightError) as refusal:
        read_weights(pd.Series(values, name="w"), "columns.weight")
    assert f"columns.weight='w': {count} weights are no numbers, negative" in str(refusal.value)
    assert f"(first: {first})" in str(refusal.value)
    assert "a number of 0 or more" in str(refusal.value)


def is_weight(value):
    return value == 0 or 1e-100 <= value <= 1e100


@given(st.floats(), st.sampled_from([1, 2, 1000]))
def test_what_is_taken_can_be_squared_and_summed_and_what_is_not_is_named(value, times):
    """1e308 made an NPS of 0 with an effective n that is no number."""
    given = pd.Series([value] * times, name="w")
    if is_weight(value):
        squares = (read_weights(given, "weight") ** 2).sum()
        assert squares < float("inf")
        assert (squares > 0) == (value > 0)
    elif value == value:
        with pytest.raises(WeightError, match=r"weight='w': .*not between 1e-100 and 1e\+100"):
            read_weights(given, "weight")


@given(st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), min_size=1))
def test_an_engine_finds_those_that_pandas_refuses_and_the_missing(values):
    table = ibis.memtable(pa.table({"w": pa.array(values, pa.float64())}))
    found = table.select(bad=unfit(table["w"])).to_pyarrow()["bad"].to_pylist()
    assert found == [value is None or not is_weight(value) for value in values]


@pytest.mark.parametrize("kind", ["int8", "int64", "float32", "decimal(10, 2)"])
def test_weights_of_any_kind_of_number_are_looked_at(kind):
    table = ibis.memtable({"w": [0, 1, -1, None]}).mutate(w=ibis._.w.cast(kind))
    assert table.select(bad=unfit(table["w"])).to_pyarrow()["bad"].to_pylist() == [
        False,
        False,
        True,
        True,
    ]


def test_counts_refuse_in_the_same_words():
    refuse_unfit(0, of=5, parameter="weight", column="w")
    with pytest.raises(WeightError, match=r"weight='w': 2 of 5 weights are missing, negative or "):
        refuse_unfit(2, of=5, parameter="weight", column="w")
    with pytest.raises(WeightError, match=r"\(first: -1\); a weight is a number of 0"):
        refuse_unfit(2, of=5, parameter="weight", column="w", first=-1.0)
    with pytest.raises(WeightError, match=r"1e\+100\); a weight is"):
        refuse_unfit(2, of=5, parameter="weight", column="w", first=float("nan"))


@given(st.lists(st.floats(0.5, 1.5), min_size=2, max_size=40))
def test_weights_of_like_size_are_no_reason_to_say_anything(values):
    assert find_heavy_weights(pd.Series([*values, 0.0], name="w")) == ()


@given(st.integers(10, 200), st.floats(0.4, 0.99))
def test_one_answer_that_holds_much_of_the_weight_is_told(n, share):
    values = pd.Series([1.0] * n + [n * share / (1 - share)], name="w")
    (said,) = find_heavy_weights(values, wave="Q2")
    assert said.values["share"] == pytest.approx(share)
    assert said.values["worth"] <= 1 / share**2
