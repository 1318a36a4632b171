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
    nobody = bias.careless(people(), items=ITEMS, scales=GRIDS, at_least=3)
    assert not nobody.flagged.any()
    data = data.assign(**people())
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


@pytest.mark.parametrize("merge", [None, {"plan": {"小": "中"}}])
def test_the_weighted_headline_is_that_of_weights_made_anew(marked, merge):
    """Against `estimate_nps` and `weighted_mean` of rows kept by hand and raked by hand."""
    data, found = marked
    rng = np.random.default_rng(9)
    data = data.assign(
        plan=rng.choice(["小", "中", "大"], 200),
        国=rng.choice(["日本", "韓国"], 200),
        d=rng.uniform(1, 3, 200),
    )
    targets = {"plan": {"小": 0.2, "中": 0.3, "大": 0.5}, "国": {"日本": 0.7, "韓国": 0.3}}
    given = {"targets": targets, "weight": "d", "merge": merge}
    weights, kept = bias.rake(data, **given), found.keep(data)
    again = bias.rake(kept, **given)
    effect = bias.effect_of_flags(data, found, score="点", weights=weights)
    rows = effect.frame.set_index("kind")
    for kind, part, own in (("all", data, weights), ("without", kept, again)):
        answered = 100.0 * (part["点"] >= 9) - 100.0 * (part["点"] <= 6)
        there = part["点"].notna()
        wanted = np.average(answered[there], weights=own.values(part)[there])
        assert_allclose(rows.loc[kind, "nps"], wanted, rtol=1e-8)
        whole = bias.weighted_mean(part, outcome=ITEMS[3], weights=own).frame["mean"].iloc[0]
        mean = bias.effect_of_flags(data, found, outcome=ITEMS[3], weights=weights).frame
        assert_allclose(mean.set_index("kind").loc[kind, "mean"], whole, rtol=1e-8)
    assert "the weighted NPS" in effect.summary()
    assert "made anew" in " ".join(map(str, effect.warnings))
    assert "the unweighted NPS" in bias.effect_of_flags(data, found, score="点").summary()


def test_weights_that_cannot_be_made_anew_are_taken_as_they_are(marked):
    data, found = marked
    data = data.assign(g=np.where(found.flagged, "甲", "乙"))
    weights = bias.rake(data, targets={"g": {"甲": 0.5, "乙": 0.5}})
    effect = bias.effect_of_flags(data, found, score="点", weights=weights)
    assert "could not be made anew" in " ".join(map(str, effect.warnings))
    base = bias.rake(data, targets={}, weight="w")
    assert not bias.effect_of_flags(data, found, score="点", weights=base).warnings
    with pytest.raises(ParameterError, match="both given"):
        bias.effect_of_flags(data, found, score="点", weight="w", weights=base)
    none = bias.weigh(None, targets={})
    assert "unweighted" in bias.effect_of_flags(data, found, score="点", weights=none).summary()
    with pytest.raises(WeightError):  # of other rows
        bias.effect_of_flags(
            data,
            found,
            score="点",
            weights=bias.rake(data.head(90), targets={"g": {"甲": 1, "乙": 1}}),
        )


def test_where_too_few_marks_are_possible_nothing_is_said_of_care(marked):
    data, _ = marked
    found = bias.careless(data, items=ITEMS[:5])
    text = bias.effect_of_flags(data, found, score="点").summary()
    assert "says nothing of how careful" in text
