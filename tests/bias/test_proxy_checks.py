"""Respondents that are among the frame are never refused, by whatever proxy."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cxlib.bias.counts.proxy_ends import proxy_ends
from cxlib.bias.proxy_checks import distance, refuse_other_units

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=40)


@given(NUMBERS, st.integers(3, 40), st.integers(0, 3))
def test_a_part_of_the_frame_is_never_refused(values, n, unknown):
    frame = pd.DataFrame({"x": values}).assign(y=1.0)
    here = frame.head(n)
    frame = pd.concat([frame, pd.DataFrame({"x": [np.nan] * unknown})])
    ends = proxy_ends(here, frame, outcome="y", proxy="x", weight=None)
    refuse_other_units(ends, proxy="x", unknown=unknown)
    assert ends.within >= len(here)
    assert distance(ends) >= 0
