"""Trimming: R's, limits that hold with the targets, and those that cannot."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ParameterError, WeightError
from tests.bias.test_calibration import tables


def rows_of(weights, sample):
    """Return final weights by row; the base weight is a key where cells are split by it."""
    if not weights.split:
        return weights.values(sample)
    keys = [*weights.margins, *weights.numeric, weights.base]
    factors = weights.cells.rename(columns={v: k for k, v in weights.carried.items()})
    found = sample[keys].merge(factors[[*keys, "factor"]], on=keys, how="left")["factor"]
    return (found * sample[weights.base].to_numpy()).to_numpy()


def r_trim(weight, lower, upper):
    """R survey 4.1.1 `trimWeights(strict=TRUE)`, by row."""
    outside = (weight < lower) | (weight > upper)
    if not outside.any():
        return weight
    cut = np.clip(weight, lower, upper)
    cut[~outside] += (weight - cut).sum() / (~outside).sum()
    return r_trim(cut, lower * (1 - 1e-13), upper * (1 + 1e-13))


@pytest.mark.parametrize("which", ["one_pass", "strict"])
def test_without_raking_again_equals_r(which, schools, calibrations):
    case, sample = calibrations["clus1_rake_trim"], schools["apiclus1"]
    raked = bias.rake(sample, targets=calibrations["clus1_rake"]["args"]["margins"], weight="pw")
    limits = {key: case["args"][key] for key in ("lower", "upper")}
    trimmed = bias.trim(raked, rerake=False, **limits)
    final, truth = rows_of(trimmed, sample), case["expected"][which]
    assert_allclose(final[:10], truth["first10"], rtol=1e-7)
    assert_allclose(
        [final.sum(), final.min(), final.max(), (final**2).sum(), trimmed.deff, trimmed.n_eff],
        [truth[k] for k in ("sum", "min", "max", "sumsq", "kish_deff", "kish_neff")],
        rtol=1e-7,
    )
    assert "a share is now off by up to" in trimmed.warnings[0].text("en")
    assert "no longer" in trimmed.summary()
    assert trimmed.residual > 0.01


@settings(max_examples=25, deadline=None)
@given(tables(), st.floats(0.3, 0.95), st.floats(1.05, 3))
def test_rows_are_cut_as_r_cuts_them(table, low, high):
    rows, targets, _ = table
    raked = bias.rake(rows, targets=targets, weight="w")
    final = rows_of(raked, rows)
    limits = {"lower": low * final.mean(), "upper": high * final.mean()}
    try:
        trimmed = bias.trim(raked, rows, rerake=False, **limits)
    except WeightError:
        limits["lower"], limits["upper"] = 0.0, limits["upper"] * 10
        trimmed = bias.trim(raked, rows, rerake=False, **limits)
    assert_allclose(rows_of(trimmed, rows), r_trim(final, **limits), rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(), st.floats(0.2, 0.99), st.floats(1.01, 3), st.booleans())
def test_limits_and_targets_both_hold_or_are_refused_with_those_that_can(table, low, high, linear):
    rows, targets, totals = table
    made = (
        bias.calibrate(rows, targets=targets, totals=totals, weight="w")
        if linear
        else bias.rake(rows, targets=targets, weight="w")
    )
    mean = sum(targets["a"]) / len(rows)
    limits = {"lower": low * mean, "upper": high * mean}
    try:
        trimmed = bias.trim(made, rows, **limits)
    except WeightError as refusal:
        found = re.search(r"lower=([\d.e-]+), upper=([\d.e-]+)\. Give", str(refusal))
        limits = {"lower": float(found[1]), "upper": float(found[2])}
        trimmed = bias.trim(made, rows, **limits)
    final = rows_of(trimmed, rows)
    assert (final >= limits["lower"] * (1 - 1e-8)).all()
    assert (final <= limits["upper"] * (1 + 1e-8)).all()
    for name, target in targets.items():
        assert_allclose(pd.Series(final).groupby(rows[name]).sum(), target, rtol=1e-7)
    if linear:
        assert_allclose(final @ rows["t"], totals["t"], rtol=1e-7, atol=1e-7)


def test_trimming_raked_weights_is_calibration_with_bounds():
    """Base weights of 1, so limits of weights are bounds of factors times the mean weight."""
    rows = pd.DataFrame({"a": list("xxxxyyyyyy"), "b": list("pqqqppqqqp")})
    targets = {"a": {"x": 60, "y": 40}, "b": {"p": 50, "q": 50}}
    raked = bias.rake(rows, targets=targets)
    trimmed = bias.trim(raked, upper=20)
    assert raked.cells["weight"].max() > 20.5
    other = bias.calibrate(rows, targets=targets, distance="raking", bounds=(0, 2))
    assert_allclose(trimmed.cells["weight"], other.cells["weight"], rtol=1e-8)
    assert trimmed.cells["weight"].max() <= 20 * (1 + 1e-9)
    assert trimmed.method == "trimmed"
    assert_allclose(trimmed.apply(rows).execute().groupby("a")["weight"].sum(), [60, 40])


def test_weights_within_the_limits_are_left():
    rows = pd.DataFrame({"a": list("xxy")})
    raked = bias.rake(rows, targets={"a": {"x": 1, "y": 1}})
    assert bias.trim(raked, lower=0.1, upper=1.5) is raked


def test_base_weights_that_differ_need_the_rows():
    rows = pd.DataFrame({"a": list("xxyy"), "w": [1.0, 3, 2, 2]})
    raked = bias.rake(rows, targets={"a": {"x": 10, "y": 10}}, weight="w")
    with pytest.raises(WeightError, match="give the rows too"):
        bias.trim(raked, upper=7)
    with pytest.raises(WeightError):
        bias.trim(raked, rows.head(3), upper=7)
    trimmed = bias.trim(raked, rows, upper=7)
    assert_allclose(rows_of(trimmed, rows), [3, 7, 5, 5])
    again = bias.trim(trimmed, upper=6)
    assert_allclose(rows_of(again, rows), [4, 6, 5, 5])


@pytest.mark.parametrize("limits", [{}, {"lower": 3, "upper": 2}, {"lower": -1}])
def test_limits_that_are_none(limits):
    raked = bias.rake(pd.DataFrame({"a": list("xy")}), targets={"a": {"x": 1, "y": 2}})
    with pytest.raises(ParameterError, match="0 <= lower < upper"):
        bias.trim(raked, **limits)


def test_limits_beside_the_mean_are_refused():
    raked = bias.rake(pd.DataFrame({"a": list("xy")}), targets={"a": {"x": 10, "y": 20}})
    with pytest.raises(WeightError, match="15 each in the mean"):
        bias.trim(raked, upper=12)


@pytest.mark.parametrize("how", [{}, {"merge": {"国": {"c": "b"}}}])
@pytest.mark.parametrize("crossed", [False, True])
def test_shares_of_merged_and_crossed_targets_are_those_of_the_rows(how, crossed):
    """By hand: the shares of the rows' own weights, by the category that each row has in the
    target; said to be 70 % off, as nobody was found in a merged category."""
    rows = pd.DataFrame({"h": list("xyyxx") * 12, "国": list("aabbcc") * 10})
    of = {"a": 30.0, "b": 40.0, "c": 30.0}
    targets = {"国": of, "h": {"x": 40, "y": 60}}
    if crossed:
        targets = {("国", "h"): {(a, h): n * (1 + (h == "y")) for a, n in of.items() for h in "xy"}}
    raked = bias.rake(rows, targets=targets, **how)
    trimmed = bias.trim(raked, upper=raked.cells["weight"].max() * 0.9, rerake=False)
    country = rows["国"].replace({"c": "b + c", "b": "b + c"} if how and not crossed else {})
    names = country if not crossed else rows["国"] + " · " + rows["h"]
    if how and crossed:
        names = names.replace({f"{a} · {h}": f"b · {h} + c · {h}" for a in "bc" for h in "xy"})
    final = pd.Series(trimmed.values(rows))
    shares = final.groupby(names).sum() / final.sum()
    frame = trimmed.frame.set_index("category")
    assert_allclose(frame["share_after"][shares.index], shares)
    assert frame["n"][shares.index].tolist() == names.value_counts()[shares.index].tolist()
    assert frame["n"].groupby(frame["margin"]).sum().eq(60).all()
    off = (frame["share_after"] - frame["share_target"]).abs().max()
    assert_allclose(trimmed.residual, off)
    assert off < 0.1
    assert trimmed.merged == raked.merged
    assert set(raked.warnings) <= set(trimmed.warnings)
