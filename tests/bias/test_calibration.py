"""Calibration: raking as one of its distances, totals out of reach, and bounds."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError

ROWS = pd.DataFrame({"国": ["日"] * 6 + ["韓"] * 4, "年": [1, 2, 3, 4, 5, 6, 1, 2, 3, 4]})
PEOPLE = {"国": {"日": 500, "韓": 500}}


@st.composite
def tables(draw):
    """Rows with two columns of categories, a number and a base weight, and totals that weights
    between half and twice the base weights meet."""
    n = draw(st.integers(12, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = pd.DataFrame(
        {
            "a": random.choice(list("xyz"), n),
            "b": random.choice(list("pq"), n),
            "t": random.integers(0, 30, n) / 4,
            "w": random.choice([1.0, 2.0, 3.5], n),
        }
    )
    truth = rows["w"] * random.uniform(0.7, 1.4, n)
    truth *= 1e4 / truth.sum()  # counts of a population, near no sum that percents have
    targets = {name: truth.groupby(rows[name]).sum() for name in "ab"}
    return rows, targets, {"t": float(truth @ rows["t"])}


@settings(max_examples=25, deadline=None)
@given(tables())
def test_the_raking_distance_on_categories_is_rake(table):
    rows, targets, _ = table
    calibrated = bias.calibrate(rows, targets=targets, weight="w", distance="raking")
    raked = bias.rake(rows, targets=targets, weight="w")
    assert_allclose(calibrated.cells["factor"], raked.cells["factor"], rtol=1e-7)


@settings(max_examples=25, deadline=None)
@given(tables(), st.sampled_from(["linear", "raking", "logit"]), st.floats(0.001, 1000))
def test_totals_are_met_whatever_the_scale_the_order_and_the_unit(table, distance, scale):
    """Totals made by weights that are within the bounds are met within them; base weights of
    another scale, rows in another order and a number in another unit change no weight."""
    rows, targets, totals = table
    how = {"targets": targets, "weight": "w", "distance": distance, "bounds": (0.4, 2.2)}
    weights = bias.calibrate(rows, totals=totals, **how)
    final, wanted = weights.values(rows), sum(targets["a"])
    assert_allclose(final @ rows["t"], totals["t"], rtol=1e-8, atol=1e-8)
    for name, target in targets.items():
        assert_allclose(pd.Series(final).groupby(rows[name]).sum(), target, rtol=1e-8)
    change = final / rows["w"] * rows["w"].sum() / wanted
    assert (change >= 0.4 - 1e-9).all()
    assert (change <= 2.2 + 1e-9).all()
    other = rows.assign(w=rows["w"] * scale, t=rows["t"] * 1e3 + 0)
    again = bias.calibrate(
        other.sample(frac=1, random_state=1), totals={"t": totals["t"] * 1e3}, **how
    )
    assert_allclose(again.values(other), final, rtol=1e-6)
    assert_allclose([again.deff, again.n_eff], [weights.deff, weights.n_eff], rtol=1e-6)


def test_numbers_alone_with_the_size_of_the_population():
    """By arithmetic: years 1 and 3, a mean of 2.5, so a quarter and three quarters."""
    rows = pd.DataFrame({"years": [1.0, 1, 3, 3]})
    for distance in ("linear", "raking"):
        weights = bias.calibrate(rows, totals={"years": 2500}, size=1000, distance=distance)
        assert_allclose(weights.values(rows), [125, 125, 375, 375])
        assert weights.summary()
    with pytest.raises(ParameterError, match=r"size=None.*how many people"):
        bias.calibrate(rows, totals={"years": 2500})


def test_shares_with_numbers_need_the_size():
    shares = {"国": {"日": 0.5, "韓": 0.5}}
    with pytest.raises(ParameterError, match="targets are shares"):
        bias.calibrate(ROWS, targets=shares, totals={"年": 3200})
    sized = bias.calibrate(ROWS, targets=shares, totals={"年": 3200}, size=1000)
    counted = bias.calibrate(ROWS, targets=PEOPLE, totals={"年": 3200})
    assert_allclose(sized.cells["factor"], counted.cells["factor"])
    with pytest.raises(ParameterError, match=r"counts in targets sum to 1,000"):
        bias.calibrate(ROWS, targets=PEOPLE, totals={"年": 3200}, size=900)


def test_numbers_far_from_0_lose_no_digits():
    """Years and incomes: a mean a million times the spread."""
    rows = pd.DataFrame({"t": 1e6 + np.linspace(-1, 1, 9)})
    weights = bias.calibrate(rows, totals={"t": 9 * (1e6 + 0.2)}, size=9, distance="raking")
    assert_allclose(weights.values(rows) @ (rows["t"] - 1e6) / 9, 0.2, atol=1e-9)


def test_weights_below_0_are_told():
    rows = pd.DataFrame({"years": [1.0, 2, 3, 10]})
    weights = bias.calibrate(rows, totals={"years": 90}, size=10)
    assert (weights.cells["factor"] < 0).sum() == 1
    assert "1 of 4 weights" in weights.warnings[0].text("en")
    assert np.isnan(weights.ratio)
    assert "nan" not in weights.summary()
    assert not bias.calibrate(rows, totals={"years": 90}, size=10, distance="raking").warnings


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_bounds_that_cannot_hold_are_refused_with_those_that_can(distance):
    """By hand: both countries from 60 and 40 to 50 %: factors 5/6 and 5/4 are needed."""
    with pytest.raises(WeightError, match=r"bounds=\(0\.9, 1\.1\): no weights") as refusal:
        bias.calibrate(ROWS, targets=PEOPLE, distance=distance, bounds=(0.9, 1.1))
    said = re.findall(r"bounds=\(([\d.]+), ([\d.]+)\)", str(refusal.value))[-1]
    low, high = map(float, said)
    assert 0.74 < low < 0.75
    assert 1.25 < high < 1.26
    weights = bias.calibrate(ROWS, targets=PEOPLE, distance=distance, bounds=(low, high))
    assert_allclose(weights.values(ROWS), [500 / 6] * 6 + [125] * 4)


@settings(max_examples=25, deadline=None)
@given(tables(), st.sampled_from(["linear", "raking", "logit"]), st.floats(0.002, 0.3))
def test_the_bounds_that_a_refusal_names_can_be_met(table, distance, width):
    rows, targets, totals = table
    how = {"targets": targets, "totals": totals, "weight": "w", "distance": distance}
    try:
        bias.calibrate(rows, bounds=(1 - width, 1 + width), **how)
    except WeightError as refusal:
        low, high = re.findall(r"bounds=\(([\d.]+), ([\d.]+)\)", str(refusal))[-1]
        assert (float(low), float(high)) != (1 - width, 1 + width)
        assert bias.calibrate(rows, bounds=(float(low), float(high)), **how).residual <= 1e-10


def test_categories_that_contradict_each_other_are_named():
    rows = pd.DataFrame({"a": list("xxyy"), "b": list("ppqq")})
    targets = {"a": {"x": 60, "y": 40}, "b": {"p": 25, "q": 75}}
    for how in ({"distance": "linear"}, {"distance": "raking"}, {"bounds": (0.5, 2)}):
        with pytest.raises(WeightError, match=r"(?s)a='x'.*b='p'"):
            bias.calibrate(rows, targets=targets, **how)


def test_a_total_out_of_reach_is_named_with_what_can_be_reached():
    with pytest.raises(WeightError, match=r"totals\['年'\] is 9,000, a mean of 9; .*from 1 to 5\b"):
        bias.calibrate(ROWS, targets=PEOPLE, totals={"年": 9000}, distance="raking")
    with pytest.raises(WeightError, match=r"totals\['年'\] is 9,000"):
        bias.calibrate(ROWS, targets=PEOPLE, totals={"年": 9000}, bounds=(0, 50))


@settings(max_examples=25, deadline=None)
@given(tables(), st.floats(-10, 40))
def test_linear_refuses_what_no_weights_above_0_can_reach(table, mean):
    """The reference: means per category of `a` bound what weights above 0 can have."""
    rows, targets, _ = table
    targets = {"a": targets["a"]}
    size = float(targets["a"].sum())
    least, most = (
        float((targets["a"] * rows.groupby("a")["t"].agg(end)).sum()) / size
        for end in ("min", "max")
    )
    how = {"targets": targets, "totals": {"t": mean * size}, "weight": "w"}
    if least + 1e-6 < mean < most - 1e-6:
        weights = bias.calibrate(rows, **how)
        below = (weights.cells["factor"] < 0).any()
        assert below == any("are below 0" in str(said) for said in weights.warnings)
        found = bias.weighted_mean(rows, outcome="t", weights=weights, se="linearised")
        assert_allclose(found.frame["mean"], mean, rtol=1e-7, atol=1e-9)
        assert set(weights.warnings) <= set(found.warnings)
    elif not least - 1e-6 < mean < most + 1e-6:
        with pytest.raises(WeightError, match=r"weights above 0 the respondents can have means"):
            bias.calibrate(rows, **how)


def test_numbers_that_contradict_each_other_are_named():
    rows = pd.DataFrame({"t": [1.0, 2, 3, 4], "u": [10.0, 20, 30, 40]})
    with pytest.raises(WeightError, match=r"hardly be met at once: t and u"):
        bias.calibrate(rows, totals={"t": 25, "u": 260}, size=10)


def test_a_number_missing_for_somebody_is_refused_with_its_count():
    rows = ROWS.assign(年=[1, None, 3, 4, 5, 6, 1, 2, np.inf, 4])
    with pytest.raises(WeightError, match=r"totals\['年'\]: 2 of 10 respondents have no number"):
        bias.calibrate(rows, targets=PEOPLE, totals={"年": 3200})


def test_weights_of_0_stay_0():
    rows = ROWS.assign(w=[1.0] * 9 + [0.0])
    weights = bias.calibrate(rows, targets=PEOPLE, totals={"年": 2900}, weight="w")
    alone = bias.calibrate(rows.head(9), targets=PEOPLE, totals={"年": 2900}, weight="w")
    assert_allclose(weights.values(rows)[:9], alone.values(rows.head(9)))
    assert weights.values(rows)[9] == 0


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"distance": "lineal"}, ParameterError, "did you mean 'linear'"),
        ({"distance": "logit"}, ParameterError, "needs the least and the largest factor"),
        ({"bounds": (1.1, 2)}, ParameterError, "both sides of 1"),
        ({"bounds": (-0.5, 2)}, ParameterError, "from 0"),
        ({"bounds": (0.5, float("inf")), "distance": "logit"}, ParameterError, "both sides of 1"),
        ({"size": 0}, ParameterError, "number of people"),
        ({"tolerance": 0.1}, ParameterError, "part of a total"),
        ({"totals": {"国": 3}}, WeightError, "in targets too"),
        ({"totals": {"年": float("nan")}}, WeightError, "sum over the population"),
        ({"totals": {"歳": 3}}, ColumnError, "歳"),
        ({"targets": None}, WeightError, "both empty"),
        ({"data": ROWS.head(0)}, EmptyDataError, "no rows"),
        ({"targets": {"国": {"日": 1, "韓": 1, "米": 1}}}, WeightError, "'米'"),
    ],
)
def test_what_cannot_be_is_refused(changed, error, said):
    given_ = {"data": ROWS, "targets": PEOPLE} | changed
    with pytest.raises(error, match=said):
        bias.calibrate(given_.pop("data"), **given_)
