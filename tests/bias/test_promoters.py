"""The weighted NPS is the mean of its signs."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    ColumnError,
    EmptyDataError,
    ParameterError,
    ScoreRangeError,
    WeightError,
)
from cxlib.shown.ledger import ledger
from cxlib.shown.message import Message
from tests.bias.test_means import estimate

ONE = bias.rake(pd.DataFrame({"a": ["x"]}), targets={})


def test_estimate_nps_is_the_mean_of_signs(schools):
    rows = pd.DataFrame({"score": [0, 3, 6, 7, 8, 9, 10, 10, 10, 5], "g": list("aabbaabbab")})
    weights = bias.rake(rows, targets={"g": {"a": 30, "b": 70}})
    result = bias.estimate_nps(rows, score="score", weights=weights)
    assert (result.promoters, result.passives, result.detractors) == (4, 2, 4)
    sign = rows.assign(y=[-100, -100, -100, 0, 0, 100, 100, 100, 100, -100])
    assert_allclose(
        result.row("unweighted")[["nps", "se"]].astype(float),
        estimate(bias.weighted_mean(sign, outcome="y")),
    )
    assert_allclose(
        result.row("weighted")[["nps", "se"]].astype(float),
        estimate(bias.weighted_mean(sign, outcome="y", weights=weights)),
    )
    assert result.frame["ci_low"].min() >= -100
    assert "mends only what these columns explain" in result.summary()


def test_estimate_nps_at_its_edges():
    rows = pd.DataFrame({"score": [10] * 40})
    same = bias.estimate_nps(rows, score="score", weights=bias.rake(rows, targets={}))
    assert Message("bias.no_width", why=Message("bias.why_alike")) in same.warnings
    with pytest.raises(EmptyDataError, match="too few"):
        bias.estimate_nps(pd.DataFrame({"score": [10]}), score="score", weights=ONE)
    with pytest.raises(ScoreRangeError, match="first: 11"):
        bias.estimate_nps(pd.DataFrame({"score": [1, 11]}), score="score", weights=ONE)
    with pytest.raises(ParameterError, match="promoter"):
        bias.estimate_nps(pd.DataFrame({"score": [1, 2]}), score="score", weights=ONE, promoter=5)
    with pytest.raises(ColumnError, match="not numbers"):
        bias.estimate_nps(pd.DataFrame({"score": ["ten", "nine"]}), score="score", weights=ONE)
    absent = bias.estimate_nps(pd.DataFrame({"x": [1]}), score=None, weights=ONE)
    assert "Set “score”" in absent.summary()


def test_an_nps_that_cannot_be_is_refused():
    """A mean of 1.4 where that of the answers is 4 gives the detractor a weight below 0."""
    rows = pd.DataFrame({"score": [10, 10, 8, 0], "t": [1.0, 2, 3, 10]})
    weights = bias.calibrate(rows, totals={"t": 14}, size=10)
    with pytest.raises(WeightError, match=r"below 0.*would be (detractors|promoters).*bounds"):
        bias.estimate_nps(rows, score="score", weights=weights)
    mended = bias.calibrate(rows, totals={"t": 14}, size=10, distance="raking")
    nps = bias.estimate_nps(rows, score="score", weights=mended)
    assert nps.frame["nps"].between(-100, 100).all()


def test_base_weights_alone_are_the_headline():
    """By hand: 30 promoters of weight 1, 30 detractors of weight 3: (30 - 90) / 120."""
    rows = pd.DataFrame({"score": [10] * 30 + [0] * 30, "w": [1.0] * 30 + [3.0] * 30})
    found = bias.estimate_nps(rows, score="score", weights=bias.rake(rows, targets={}, weight="w"))
    said = found.summary()
    assert "weighted by the base weights in 'w' it is −50.0" in said
    assert "As answered the NPS is 0.0" in said.replace("+0.0", "0.0")
    assert "could not be weighted" not in said


def test_after_weighting_is_a_key_figure_where_something_was_weighted():
    rows = pd.DataFrame({"score": [10, 9, 0, 3] * 9, "g": list("aabb") * 9, "w": [1.0, 2.0] * 18})
    targets = {"g": {"a": 5, "b": 6}}
    for how, labels in (
        ({"targets": {}}, ["NPS as answered"]),
        ({"targets": {}, "weight": "w"}, ["NPS as answered", "NPS after weighting"]),
        ({"targets": targets}, ["NPS as answered", "NPS after weighting"]),
    ):
        found = bias.estimate_nps(rows, score="score", weights=bias.rake(rows, **how))
        key = [("nps.nps", {"kind": kind}) for kind in ("unweighted", "weighted")]
        assert [mark["label"] for mark in ledger(key=key, nps=found).keys] == labels


def test_weights_of_one_wave_are_refused_on_another():
    one = pd.DataFrame({"score": [10, 9, 0, 3] * 10, "g": list("aabb") * 10})
    two = pd.DataFrame({"score": [10, 9, 8, 7] * 10, "g": list("aaab") * 10})
    weights = bias.rake(one, targets={"g": {"a": 50, "b": 50}})
    with pytest.raises(WeightError, match="these are other rows: 30 of a here, 20 among"):
        bias.estimate_nps(two, score="score", weights=weights)
