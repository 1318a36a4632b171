"""Raking: R's weights, targets that no weights can meet, and names in any script."""

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError

TEN_AND_TEN = pd.DataFrame({"a": ["x"] * 10 + ["y"] * 10, "b": ["p"] * 10 + ["q"] * 10})
MIXED = pd.DataFrame({"a": ["x"] * 10 + ["y"] * 10 + ["x"], "b": ["p"] * 10 + ["q"] * 11})


def test_raked_weights_equal_r(schools, expected):
    """R survey 4.1.1 `rake`, epsilon 1e-12; 1e-7 as stated there (margins are met to 1e-10
    here)."""
    case, sample = expected["clus1_rake"], schools["apiclus1"]
    weights = bias.rake(sample, targets=case["args"]["margins"], weight="pw")
    cells = weights.cells.set_index(["stype", "sch.wide"])["weight"]
    for cell in case["expected"]["cell_weights"]:
        assert_allclose(cells[cell["stype"], cell["sch.wide"]], cell["weight"], rtol=1e-7)
    applied = weights.apply(sample).order_by("cds").execute()["weight"].to_numpy()
    truth = case["expected"]["weights"]
    assert_allclose(
        weights.apply(sample).execute().set_index("cds").loc[sample["cds"], "weight"].head(10),
        truth["first10"],
        rtol=1e-7,
    )
    assert_allclose(
        [applied.size, applied.sum(), applied.min(), applied.max(), (applied**2).sum()],
        [truth[k] for k in ("n", "sum", "min", "max", "sumsq")],
        rtol=1e-7,
    )
    assert_allclose(
        [weights.deff, weights.n_eff], [truth["kish_deff"], truth["kish_neff"]], rtol=1e-7
    )
    assert weights.residual <= 1e-10
    assert_allclose(weights.frame["share_after"], weights.frame["share_target"], atol=1e-10)


def test_post_stratification_is_raking_to_one_margin(schools, expected):
    case = expected["clus1_poststratify"]
    weights = bias.rake(schools["apiclus1"], targets=case["args"]["margin"], weight="pw")
    assert_allclose(
        [weights.deff, weights.ratio],
        [
            case["expected"]["weights"]["kish_deff"],
            case["expected"]["weights"]["max"] / case["expected"]["weights"]["min"],
        ],
        rtol=1e-7,
    )


def test_targets_from_a_population(schools, expected):
    targets = bias.margins(schools["apipop"], columns=["stype", "sch.wide"])
    assert {name: target.to_dict() for name, target in targets.items()} == expected["clus1_rake"][
        "args"
    ]["margins"]


def test_shares_are_taken_of_the_base_weights():
    counts = bias.rake(MIXED, targets={"a": {"x": 12, "y": 9}, "b": {"p": 8, "q": 13}})
    shares = bias.rake(
        MIXED, targets={"a": {"x": 12 / 21, "y": 9 / 21}, "b": {"p": 8 / 21, "q": 13 / 21}}
    )
    assert_allclose(shares.cells["weight"], counts.cells["weight"], rtol=1e-9)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"a": {"x": 60, "y": 41}, "b": {"p": 60, "q": 40}}, "different totals"),
        ({"a": {"x": 60, "y": 30, "z": 10}}, "nobody among the respondents is 'z'"),
        ({"a": {"x": 100}}, "10 respondents are 'y', which has no target"),
        ({"a": {"x": 60, "y": -1}}, "'y' is -1"),
        ({"a": {"x": 60, "y": float("nan")}}, "'y' is nan"),
        ({"a": {}}, "no category"),
        ({"a": {"x": 0, "y": 0}}, "positive total"),
        (pd.DataFrame({"a": ["x"]}), "cx.bias.margins"),
    ],
)
def test_targets_that_cannot_be(targets, said):
    with pytest.raises(WeightError, match=said):
        bias.rake(TEN_AND_TEN, targets=targets)


def test_a_missing_margin_is_refused_with_its_count():
    rows = pd.DataFrame({"plan": ["a", "b", None, " "]})
    with pytest.raises(WeightError, match=r"margins='plan': 2 of 4 respondents have no value"):
        bias.rake(rows, targets={"plan": {"a": 1, "b": 1}})


def test_bad_arguments():
    with pytest.raises(ColumnError, match="did you mean 'a'"):
        bias.rake(TEN_AND_TEN, targets={"aa": {"x": 1}})
    with pytest.raises(ParameterError, match="tolerance"):
        bias.rake(TEN_AND_TEN, targets={}, tolerance=0)
    with pytest.raises(EmptyDataError):
        bias.rake(TEN_AND_TEN.head(0), targets={"a": {"x": 1, "y": 1}})
    with pytest.raises(ColumnError, match="another name"):
        bias.rake(TEN_AND_TEN, targets={"a": {"x": 1, "y": 1}}).apply(TEN_AND_TEN.assign(weight=1))


def test_names_in_any_script_and_numbers_as_categories():
    rows = pd.DataFrame(
        {
            "国.地域": ["日本"] * 3 + ["한국"] * 2,
            "등급": [1, 2, 1, 2, 1],
            "vip": [True, False, True, True, False],
        }
    )
    weights = bias.rake(
        rows,
        targets={
            "国.地域": {"日本": 50, "한국": 50},
            "등급": {1: 40, 2.0: 60},
            "vip": {True: 55, False: 45},
        },
    )
    assert weights.residual <= 1e-10
    total = (
        weights.apply(rows, name="重み")
        .aggregate(total=ibis._["重み"].sum())
        .execute()["total"]
        .iloc[0]
    )
    assert_allclose(total, 100)
    assert "国.地域" in weights.summary()


def test_weights_of_0_leave_the_others_as_they_would_be_alone():
    """By arithmetic: raking sees sums of base weights, to which they add nothing."""
    rows = MIXED.assign(w=1.0)
    nobody = pd.DataFrame({"a": ["x", "y", "z"], "b": ["q", "p", "r"], "w": 0.0})
    targets = {"a": {"x": 12, "y": 9}, "b": {"p": 8, "q": 13}}
    alone = bias.rake(rows, targets=targets, weight="w")
    both = bias.rake(pd.concat([rows, nobody]), targets=targets, weight="w")
    assert_allclose(both.cells.query("base > 0")["factor"], alone.cells["factor"], rtol=1e-9)
    assert (both.n, both.n - alone.n) == (24, 3)
    assert_allclose([both.n_eff, both.ratio], [alone.n_eff, alone.ratio])
    applied = both.apply(pd.concat([rows, nobody])).execute()
    assert (applied.loc[applied["w"] == 0, "weight"] == 0).all()


def test_a_category_in_which_nobody_counts_is_refused():
    rows = TEN_AND_TEN.assign(w=[1.0] * 10 + [0.0] * 10)
    with pytest.raises(WeightError, match=r"all respondents who are 'y' .*have weight 0"):
        bias.rake(rows, targets={"a": {"x": 1, "y": 1}}, weight="w")
    with pytest.raises(WeightError, match="all weights are 0"):
        bias.rake(rows.assign(w=0.0), targets={"a": {"x": 1, "y": 1}}, weight="w")
    with pytest.raises(WeightError, match="all rows with an answer have weight 0"):
        bias.weighted_mean(rows.assign(w=0.0, y=1.0), outcome="y", weight="w")


def test_targets_that_are_one_category_in_two_spellings_are_refused():
    rows = pd.DataFrame({"g": ["a", "b"]})
    with pytest.raises(WeightError, match="'a' is there twice, spelt differently"):
        bias.rake(rows, targets={"g": {"a ": 0.25, "a": 0.25, "b": 0.5}})


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(4, 300))
def test_no_population_is_smaller_than_its_respondents(a, b, n):
    """Weights sum to the targets where these can be a population, else to the respondents, which
    is told; numbers that nearly sum to 100 are refused."""
    rows = pd.DataFrame({"plan": ["a", "b"] + ["a"] * (n - 2)})
    targets = {"plan": {"a": a, "b": b}}
    makers = (
        lambda: bias.rake(rows, targets=targets),
        lambda: bias.calibrate(rows, targets=targets),
        lambda: bias.poststratify(rows, targets=targets),
    )
    for make in makers:
        if a + b < n and 90 <= a + b <= 110 and a + b != 100:
            with pytest.raises(WeightError, match="neither 100 % nor a population"):
                make()
            continue
        weights = make()
        assert_allclose(weights.values(rows).sum(), max(n, a + b))
        assert_allclose(weights.values(rows)[1] / max(n, a + b), b / (a + b))
        told = [str(said) for said in weights.warnings if said.key == "bias.targets_below_n"]
        assert len(told) == (a + b < n)
        assert all(f"smaller than its {n} respondents" in said for said in told)
