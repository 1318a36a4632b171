"""The shape of the scores, by channel, and its two readings."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    EmptyDataError,
    ScoreRangeError,
)


def test_shape_by_channel_and_its_two_readings():
    rows = pd.DataFrame(
        {"점수": [0] * 30 + [10] * 30 + [5] * 40, "窓口": ["電話"] * 60 + ["店舗"] * 40}
    )
    found = bias.shape(rows, score="점수", channel="窓口")
    frame = found.frame.set_index("channel")
    assert_allclose(
        frame.loc["電話", ["share_low", "share_high", "share_ends"]].astype(float), [0.5, 0.5, 1.0]
    )
    assert np.isnan(frame.loc["店舗", "bimodality"])  # all the same
    assert found.histogram.groupby("channel")["score"].count().eq(11).all()
    assert_allclose(found.histogram.groupby("channel")["share"].sum(), 1)
    two = bias.shape(rows.head(60), score="점수").summary()
    assert "customers are divided" in two
    assert "stay silent" in two


def test_shape_refuses_and_passes_on():
    with pytest.raises(EmptyDataError):
        bias.shape(pd.DataFrame({"s": [None, None]}, dtype=float), score="s")
    with pytest.raises(ScoreRangeError, match="0 to 10"):
        bias.shape(pd.DataFrame({"s": [1.5]}), score="s")
    assert "Set “score”" in bias.shape(pd.DataFrame({"s": [1]}), score=None).summary()
    one = bias.shape(pd.DataFrame({"s": [3]}), score="s")
    assert one.frame["n"].tolist() == [1]


def test_what_is_alike_has_no_shape_and_full_answers_leave_no_range():
    data = pd.DataFrame({"score": [10] * 40, "g": ["a", "b"] * 20})
    assert "no shape to judge" in bias.shape(data, score="score").summary()
    nps = bias.estimate_nps(
        data, score="score", weights=bias.rake(data, targets={"g": {"a": 1, "b": 1}})
    )
    assert "nobody is silent" in bias.bounds(nps, invited=40).summary()
