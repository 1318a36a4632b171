"""Rows that stand for several, against the same rows written out."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows import multiplicity
from cxlib.rows.stray_dates import find_strays
from cxlib.rows.wave_years import several_years

GROUPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]), st.integers(1, 6)),
    min_size=1,
    max_size=8,
)


@given(GROUPS)
def test_counts_are_those_of_the_rows_written_out(groups):
    frame = pd.DataFrame(groups, columns=["letter", "sign", "n"])
    rows = frame.loc[frame.index.repeat(frame["n"])].reset_index(drop=True)
    is_a, times = frame["letter"] == "a", frame["n"]
    assert multiplicity.count(is_a, times) == multiplicity.count(rows["letter"] == "a")
    assert multiplicity.size(frame[is_a], times) == multiplicity.size(rows[rows["letter"] == "a"])
    tallies = [multiplicity.tally(*each) for each in ((frame["sign"], times), (rows["sign"],))]
    assert tallies[0].to_dict() == tallies[1].to_dict()
    crossed = [
        multiplicity.cross(*each)
        for each in ((frame["letter"], frame["sign"], times), (rows["letter"], rows["sign"]))
    ]
    assert crossed[0].to_dict() == crossed[1].to_dict()


@pytest.mark.parametrize("n", [1, 30, 400])
def test_strays_and_years_count_the_rows(n):
    days = pd.Series(pd.to_datetime(["2025-01-01", "2025-03-01", "1970-01-01", "2199-01-01"]))
    times = pd.Series([n, n, 1, 2])
    found = find_strays(days, column="day", times=times)
    pulled = find_strays(days.repeat(times).reset_index(drop=True), column="day")
    assert list(map(str, found.warnings)) == list(map(str, pulled.warnings))
    rows = pd.DataFrame({"wave": ["Q1", "Q1", "Q2", "Q2"], "year": [2024, 2025, 2024, 2025]})
    grouped = several_years(rows.assign(**{multiplicity.TIMES: times}), "wave")
    assert list(map(str, grouped)) == list(
        map(str, several_years(rows.loc[rows.index.repeat(times)], "wave"))
    )
