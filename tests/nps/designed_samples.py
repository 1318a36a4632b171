"""Small samples of a survey's design: their rows, and their counts without a query."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from cxlib.nps.score_counts import CLUSTER, SQUARE, STRATUM, WEIGHT, Design, ScoreCounts

FULL = {"weight": "w", "strata": "h", "cluster": "j"}
DESIGNS = [
    {"weight": "w"},
    {"strata": "h"},
    {"cluster": "j"},
    {"weight": "w", "strata": "h"},
    {"strata": "h", "cluster": "j"},
    FULL,
]
all_designs = pytest.mark.parametrize("design", DESIGNS, ids="+".join)
some_designs = pytest.mark.parametrize(
    "design", [{"weight": "w", "strata": "h"}, FULL], ids="+".join
)
CLOSE = {
    "rtol": 1e-9,
    "atol": 1e-12,
}  # the same sums in another order; differences of near-equal sums lose some digits


@st.composite
def samples(draw):
    """Rows of a small sample: every stratum has two clusters or more, segments cross both, some
    weights are 0."""
    random, n = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.integers(8, 40))
    values = {
        "score": [0, 6, 7, 8, 9, 10],
        "g": ["東京", "b", "nan"],
        "h": [1, 2],
        "j": [1, 2, 3],
        "w": [0, 0.25, 1, 1.5, 3],
    }
    rows = pd.DataFrame({name: random.choice(each, n) for name, each in values.items()})
    kept = rows[rows["w"] > 0]
    assume(
        (kept.groupby("h")["j"].nunique().reindex([1, 2], fill_value=0) >= 2).all()
        and kept["g"].nunique() >= 2
    )
    return rows


def counted(rows, design, by="g"):
    """Counts without a query: as `count_scores` makes them (test_counts_are_those_of_the_query)."""
    weight = rows["w"] if "weight" in design else pd.Series(1.0, index=rows.index)
    coded = rows.assign(
        **{
            STRATUM: rows[design["strata"]] if "strata" in design else 0,
            CLUSTER: rows[design["cluster"]] if "cluster" in design else 0,
            "n": 1,
            WEIGHT: weight,
            SQUARE: weight**2,
        }
    )
    by = [by] if by else []
    frame = (
        coded[weight > 0]
        .groupby([*by, STRATUM, CLUSTER, "score"], as_index=False)[["n", WEIGHT, SQUARE]]
        .sum()
    )
    units = coded.groupby([STRATUM, CLUSTER], as_index=False)["n"].sum()
    return ScoreCounts(frame, tuple(by), design=Design(**design), units=units)
