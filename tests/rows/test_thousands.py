"""A mark that may stand between thousands is never read as a decimal point."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import WeightError
from cxlib.rows.thousands import is_grouped, may_be_thousands
from cxlib.rows.weights import read_weights


@given(
    st.lists(st.integers(1, 999), min_size=1),
    st.lists(st.integers(1000, 999_999), min_size=1),
    st.sampled_from([".", ",", "'", " "]),
)
def test_whole_numbers_with_marks_are_refused_as_weights(small, large, mark):
    cells = [str(n) for n in small] + [f"{n:,}".replace(",", mark) for n in large]
    assert may_be_thousands(cells, comma=True) is (mark == ".")
    assert all(map(is_grouped, cells[len(small) :]))
    with pytest.raises(WeightError, match=r"w='g': .*between thousands"):
        read_weights(pd.Series(cells, name="g"), "w")


@pytest.mark.parametrize("proof", ["0.714", "1.28", "1286", "1.2861"])
def test_one_number_that_has_no_thousands_proves_the_decimal_point(proof):
    assert may_be_thousands(["720", "1.286"], comma=False)
    assert not may_be_thousands(["720", "1.286", proof], comma=True)


def test_numbers_that_all_have_a_point_differ_by_a_factor_alone():
    assert not may_be_thousands(["1.000", "1.250", "0"], comma=True)
