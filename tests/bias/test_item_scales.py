"""Scales and their items, checked; refusals are tried through `bias.careless`."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cxlib.bias.item_scales import checked_scales, range_of

answers = st.lists(st.floats(-50, 50), min_size=1, max_size=9)


@given(answers)
def test_the_range_seen_holds_every_answer(values):
    low, high = range_of(pd.DataFrame({"a": values}), None)
    assert low <= min(values)
    assert max(values) <= high
    assert high - low <= max(values) - min(values) + 2


def test_a_range_that_is_given_is_kept():
    assert range_of(pd.DataFrame({"a": [3]}), (1, 5)) == (1, 5)
    assert checked_scales(["a"], None) == {}
