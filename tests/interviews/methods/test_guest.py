"""New codes by run of interviews."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.methods import guest


@given(
    st.lists(st.integers(0, 5), max_size=20),
    st.integers(1, 6),
    st.integers(1, 4),
    st.booleans(),
)
def test_runs_are_whole_and_count_what_is_in_them(new, base, run, overlap):
    first, last, codes = guest.runs(
        np.array(new, int), base=base, run=run, step=1 if overlap else run
    )
    starts = range(base + 1, len(new) - run + 2, 1 if overlap else run)
    assert first.tolist() == list(starts)
    assert last.tolist() == [start + run - 1 for start in starts]
    assert codes.tolist() == [sum(new[start - 1 : start - 1 + run]) for start in starts]
