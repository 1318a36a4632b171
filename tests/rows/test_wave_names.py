"""Answers without a wave are told; a wave that stands in its first row alone is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ColumnError
from cxlib.rows.wave_names import name_waves

WAVES = ["2025Q4", "2026Q1", "2026Q2"]


def named(values, by="value"):
    column = pd.Series(values, dtype=object)
    given = pd.Series(True, index=column.index)
    return name_waves(column, column="wave", by=by, dates=None, given=given)


@given(st.lists(st.integers(3, 9), min_size=2, max_size=3), st.sampled_from([None, "", " "]))
def test_a_wave_in_the_first_row_of_its_block_is_refused(sizes, empty):
    rows = [each for wave, n in zip(WAVES, sizes, strict=False) for each in [wave, *[empty] * n]]
    with pytest.raises(ColumnError, match="fill it down"):
        named(rows)
    full = [wave for wave, n in zip(WAVES, sizes, strict=False) for _ in range(n + 1)]
    assert named(full).flags == ()


@pytest.mark.parametrize(("missing", "told"), [(0, False), (3, False), (4, True), (30, True)])
@pytest.mark.parametrize(("by", "wave"), [("value", "2026Q1"), ("quarter", "2026-01-31")])
def test_more_than_five_in_a_hundred_without_a_wave_are_flagged(missing, told, by, wave):
    names = named([wave] * (60 - missing) + [None] * missing, by=by)
    assert names.values.notna().sum() == 60 - missing
    assert names.values[0] == "2026Q1"
    words = " ".join(map(str, names.flags))
    assert (f"{missing} of 60 answers" in words) is told


def test_dates_that_cannot_be_meant_are_in_no_wave():
    names = named(["2026-01-31"] * 50 + ["2199-01-01"], by="quarter")
    assert names.values.isna().sum() == 1
    assert "1 of 51 dates in 'wave' lies later than tomorrow" in str(names.flags[0])
