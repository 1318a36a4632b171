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
)
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
    same = bias.estimate_nps(pd.DataFrame({"score": [10] * 40}), score="score", weights=ONE)
    assert Message("bias.all_the_same") in same.warnings
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
