"""Weights of 0 leave estimates alone; bad weights, strata and clusters are refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import EmptyDataError, WeightError
from tests.nps.edges import PLAIN, N


def test_zero_weights_leave_n_and_estimates_alone_and_stay_in_the_design():
    rows = PLAIN.assign(w=np.where(np.arange(N) % 4, PLAIN["w"], 0.0))
    one, two = nps.score(rows, weight="w"), nps.score(rows[rows["w"] > 0], weight="w")
    same = ["n", "promoters", "passives", "detractors", "nps"]
    pd.testing.assert_frame_equal(one.frame[same], two.frame[same])
    # (m / (m - 1)) with m the answers of the design: test_zero_weights.py compares with R
    assert_allclose(one.frame["se"], two.frame["se"] * np.sqrt((120 / 119) / (90 / 89)), rtol=1e-12)
    assert nps.count_scores(rows, score="score", weight="w").dropped["zero_weight"] == 30
    said = nps.score(
        rows.assign(w=rows["w"].where(rows["g"] != "a", 0)), by="g", weight="w"
    ).warnings
    assert (
        "No answer with a score and a weight above 0 lies in a, so nothing is known there."
        in map(str, said)
    )
    with pytest.raises(EmptyDataError, match="weight above 0"):
        nps.score(rows.assign(w=0.0), weight="w")


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_bad_weights_are_refused_with_the_column(bad):
    rows = PLAIN.assign(w=PLAIN["w"].mask(PLAIN.index < 2, bad))
    with pytest.raises(WeightError, match=rf"weight='w': 2 of {N} weights are missing, negative"):
        nps.score(rows, weight="w")
    unscored = rows.assign(
        score=rows["score"].mask(rows.index < 2)
    )  # a bad weight of a row without a score does no harm
    assert nps.score(unscored, weight="w").frame["n"].item() == N - 2


def test_a_missing_stratum_or_cluster_and_a_stratum_with_one_cluster_are_refused():
    for name in ("strata", "cluster"):
        with pytest.raises(
            WeightError, match=f"{name}='store_in': 1 answers with a score have none"
        ):
            nps.score(
                PLAIN.assign(store_in=PLAIN["store_in"].mask(PLAIN.index == 5)),
                **{name: "store_in"},
            )
    lone = PLAIN.assign(store_in=PLAIN["store_in"].where(PLAIN["stratum"] == "x", "y0"))
    with pytest.raises(WeightError, match="1 of 2 strata have a single cluster"):
        nps.score(lone, strata="stratum", cluster="store_in")
