"""Which error an estimate has, and for which rows."""

import re

import numpy as np
import pandas as pd
import pytest

from cxlib import bias
from cxlib.bias import estimating
from cxlib.errors import WeightError


@pytest.mark.parametrize(
    ("n", "design", "method"),
    [
        (1000, {}, "jackknife"),  # 999 units minus strata
        (1001, {}, "linearised"),
        (1001, {"strata": "h"}, "jackknife"),
        (1001, {"cluster": "c"}, "jackknife"),
        (1001, {"weight": "w"}, "jackknife"),  # a row of weight 0 is no unit
    ],
)
def test_small_samples_have_the_jackknife(n, design, method):
    rows = pd.DataFrame({"y": np.arange(n) % 7, "h": np.arange(n) % 2, "c": np.arange(n) % 50})
    rows["w"] = np.where(rows.index == 3, 0.0, 2.0)
    assert estimating.JACKKNIFE_BELOW == 1000
    assert bias.weighted_mean(rows, outcome="y", **design).frame["method"].tolist() == [method]


def test_the_page_says_how_an_error_was_made():
    rows = pd.DataFrame({"y": np.arange(60) % 7, "a": list("xyz") * 20})
    weights = bias.rake(rows, targets={"a": {"x": 20, "y": 30, "z": 50}})
    mean = bias.estimate_mean(rows, outcome="y", weights=weights)
    assert mean.frame["method"].tolist() == ["jackknife", "refitted_jackknife"]
    assert "jackknife, weights made anew each time" in mean._repr_html_()
    mean = bias.estimate_mean(rows, outcome="y", weights=weights, se="linearised")
    assert mean.frame["method"].tolist() == ["linearised", "raked_linearised"]


@pytest.mark.parametrize("se", ["linearised", "jackknife"])
def test_rows_of_another_wave_are_refused(se):
    """Today's weights on other rows gave an NPS with a standard error of 9e-8."""
    one = pd.DataFrame({"y": np.arange(60) % 7, "a": list("xyz") * 20, "w": 1.0})
    weights = bias.rake(one, targets={"a": {"x": 20, "y": 30, "z": 50}}, weight="w")
    for other in (one.head(59), one.assign(a=list("xxz") * 20), one.assign(w=2.0)):
        with pytest.raises(WeightError, match="these are other rows"):
            bias.weighted_mean(other, outcome="y", weights=weights, se=se)
    again = one.sample(frac=1, random_state=1)
    found = bias.weighted_mean(again, outcome="y", weights=weights, se=se)
    assert found.frame["n"].tolist() == [60]


def test_rows_without_a_group_are_in_none():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 4, 5], "国": ["日", "韓", None, "日", "韓"]})
    found = bias.weighted_mean(rows, outcome="y", by="国")
    assert found.frame["n"].tolist() == [2, 2]
    assert found.frame["国"].tolist() == ["日", "韓"]


def test_a_group_column_may_be_named_as_one_of_the_results():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 4], "n": list("aabb")})
    found = bias.weighted_mean(rows, outcome="y", by="n")
    assert found.frame["by_n"].tolist() == ["a", "b"]
    assert "lowest in a" in found.summary()


def test_an_interval_from_few_clusters_is_flagged():
    rows = pd.DataFrame({"y": [0, 7, 9, 10, 5] * 32, "店": [f"s{i // 4}" for i in range(160)]})
    found = bias.weighted_mean(rows, outcome="y", cluster="店")
    assert not found.warnings
    few = bias.weighted_mean(rows[rows["店"] != "s7"], outcome="y", cluster="店")
    assert "from 39 clusters" in few.warnings[0].text("en")
    nps = bias.estimate_nps(
        rows.head(40), score="y", weights=bias.rake(rows.head(40), targets={}), cluster="店"
    )
    assert sum("from 10 clusters" in each.text("en") for each in nps.warnings) == 1


ROWS = pd.DataFrame(
    {
        "国": list("ab") * 20,
        "年": [1.0, 2, 3, 4] * 10,
        "s": [10, 0, 9, 3, 7] * 8,
        "w": [1.0, 2] * 20,
    }
)
ASKED = pd.concat([ROWS, ROWS.assign(年=ROWS["年"] + 1)])
KINDS = {
    "rake": lambda: bias.rake(ROWS, targets={"国": {"a": 600, "b": 400}}, weight="w"),
    "poststratify": lambda: bias.poststratify(ROWS, targets={"国": {"a": 600, "b": 400}}),
    "calibrate": lambda: bias.calibrate(
        ROWS, targets={"国": {"a": 600, "b": 400}}, totals={"年": 2600}
    ),
    "totals": lambda: bias.calibrate(ROWS, totals={"年": 2600}, size=1000),
    "propensity": lambda: bias.propensity_weights(ROWS, ASKED, columns=[], numeric=["年"]),
    "trim": lambda: bias.trim(KINDS["rake"](), upper=28, rerake=False),
    "base": lambda: bias.rake(ROWS, targets={}, weight="w"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_sentence_says_by_what_its_number_is_weighted(kind):
    weights = KINDS[kind]()
    assert weights.by or weights.base == "w"
    of = {"outcome": "s", "weights": weights}
    for found in (
        weights,
        bias.estimate_nps(ROWS, score="s", weights=weights),
        bias.estimate_mean(ROWS, **of),
        bias.weighted_mean(ROWS, **of),
        bias.weighted_mean(ROWS, **of, by="国"),
        bias.weighted_total(ROWS, **of),
        bias.weighted_total(ROWS, **of, by="国"),
        bias.weighted_ratio(ROWS, numerator="s", denominator="年", weights=weights),
        bias.weighted_differences(ROWS, **of, by="国"),
    ):
        said = found.summary()
        assert "weighted" in said
        assert all(name in said for name in weights.by or ["'w'"])
        assert not re.search("not be weighted|is not weighted|those who answered and nobody", said)


def test_weights_as_given_are_named_and_none_are_not():
    assert "weighted by 'w'" in bias.weighted_mean(ROWS, outcome="s", weight="w").summary()
    plain = bias.rake(ROWS, targets={})
    for found in (
        bias.weighted_mean(ROWS, outcome="s"),
        bias.estimate_mean(ROWS, outcome="s", weights=plain),
    ):
        assert "weight" not in found.summary()


def test_what_was_said_of_weights_goes_with_every_estimate():
    trimmed = KINDS["trim"]()
    unmet = bias.weigh(ROWS, targets={"国": {"a": 0.5, "b": 0.4, "c": 0.1}})
    for weights, key in ((trimmed, "bias.weights_cut"), (unmet, "bias.not_weighted")):
        assert [said.key for said in weights.warnings] == [key]
        of = {"outcome": "s", "weights": weights}
        for found in (
            bias.estimate_nps(ROWS, score="s", weights=weights),
            bias.estimate_mean(ROWS, **of),
            bias.weighted_total(ROWS, **of),
            bias.weighted_differences(ROWS, **of, by="国"),
            bias.rao_scott(ROWS.assign(t=ROWS["年"] > 2), row="国", column="t", weights=weights),
        ):
            assert weights.warnings[0] in found.warnings
