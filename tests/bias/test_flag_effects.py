"""The headline with and without the flagged."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError, ScoreRangeError, WeightError
from cxlib.shown.result import Absent
from tests.bias.test_careless_answers import GRIDS, ITEMS, people


@pytest.fixture(scope="module")
def marked():
    data = people().assign(点=np.random.default_rng(2).integers(0, 11, 200), w=1.0)
    data.loc[:19, ITEMS] = 5.0
    data.loc[:19, "点"] = 10
    data.loc[[30, 31], "点"] = np.nan
    return data, bias.careless(data, items=ITEMS, scales=GRIDS)


def test_the_nps_with_and_without_is_that_of_the_rows(marked):
    data, found = marked
    effect = bias.effect_of_flags(data, found, score="点")
    answered = data.dropna(subset="点")
    kept = found.keep(data).dropna(subset="点")
    for kind, rows in (("all", answered), ("without", kept)):
        wanted = bias.estimate_nps(rows, score="点", weights=bias.rake(rows, targets={}))
        own = effect.frame.set_index("kind").loc[kind, ["n", "nps", "se", "ci_low", "ci_high"]]
        theirs = wanted.row("unweighted")[["n", "nps", "se", "ci_low", "ci_high"]]
        assert_allclose(own.to_numpy(float), theirs.to_numpy(float), rtol=1e-7)
    gap = effect.frame.set_index("kind").loc["difference"]
    assert gap["nps"] < 0  # those who ticked tens throughout are gone
    assert gap["ci_high"] < 0
    assert effect.flagged == len(answered) - len(kept)
    assert "no proof" in effect.summary()
    assert "points" in effect.summary()
    assert effect.table().written().shape[0] == 3


def test_a_mean_and_weights_as_given(marked):
    data, found = marked
    data = data.assign(w=np.linspace(1, 4, 200))
    effect = bias.effect_of_flags(data, found, outcome=ITEMS[3], weight="w")
    wanted = bias.weighted_mean(
        found.keep(data), outcome=ITEMS[3], weight="w", se="linearised"
    ).frame.iloc[0]
    row = effect.frame.set_index("kind").loc["without"]
    columns = ["n", "n_eff", "mean", "se", "ci_low", "ci_high"]
    assert_allclose(row[columns].to_numpy(float), wanted[columns].to_numpy(float), rtol=1e-7)
    assert any("not fitted again" in str(each) for each in effect.warnings)
    assert ITEMS[3] in effect.summary()


def test_what_is_absent_stays_so(marked):
    data, found = marked
    none = bias.careless(data, items=None)
    assert isinstance(bias.effect_of_flags(data, none, score="点"), Absent)
    assert isinstance(bias.effect_of_flags(data, found), Absent)
    everybody = bias.careless(data, items=ITEMS, cuts={"irv": 99}, at_least=1)
    assert isinstance(bias.effect_of_flags(data, everybody, score="点"), Absent)
    nobody = bias.careless(data, items=ITEMS, at_least=9)
    assert "the same without them" in bias.effect_of_flags(data, nobody, score="点").summary()


def test_refusals(marked):
    data, found = marked
    with pytest.raises(WeightError, match="looked at"):
        bias.effect_of_flags(data.head(100), found, score="点")
    with pytest.raises(ParameterError, match="once for each"):
        bias.effect_of_flags(data, found, score="点", outcome="w")
    with pytest.raises(ColumnError, match="outcome='q'"):
        bias.effect_of_flags(data, found, outcome="q")
    with pytest.raises(ScoreRangeError, match="0 to 10"):
        bias.effect_of_flags(data.assign(点=11), found, score="点")
    with pytest.raises(ParameterError, match="promoter"):
        bias.effect_of_flags(data, found, score="点", promoter=3)
    with pytest.raises(WeightError):
        bias.effect_of_flags(data.assign(w=pd.Series([-1.0] * 200)), found, score="点", weight="w")
