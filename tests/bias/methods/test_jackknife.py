"""The jackknife against deleting one row or cluster after the other, and what it cannot do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias import calibration, totals
from cxlib.bias.methods import calibration as factors
from cxlib.bias.methods import jackknife, raking
from cxlib.errors import ParameterError

MARGINS = ("a", "国")


def sample(seed, n=40):
    """Rows with two margins of three categories, each of which several rows and clusters have."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "a": np.resize(list("xyz"), n),
            "国": random.permutation(np.resize(["日本", "韓国", "米国"], n)),
            "h": np.repeat(["s1", "s2"], [n // 2, n - n // 2]),
            "c": np.arange(n) // 4,
            "w": random.choice([1.0, 2.0, 4.0], n),
            "age": random.normal(40, 10, n).round(),
            "y": random.choice([-100.0, 0, 100, np.nan], n, p=[0.3, 0.3, 0.3, 0.1]),
            "x": random.uniform(1, 3, n),
            "g": random.choice(["p", "q"], n),
        }
    )
    truth = random.uniform(50, 90, n)
    targets = {name: pd.Series(truth).groupby(rows[name]).sum() for name in MARGINS}
    return rows, targets, float((truth * rows["age"]).sum())


def weighted(rows, targets, age, how):
    if how == "raked":
        return bias.rake(rows, targets=targets, weight="w", tolerance=1e-12)
    beside = {"distance": how} if how == "linear" else {"distance": how, "bounds": (0.05, 9.0)}
    return calibration.calibrate(
        rows, targets=targets, totals={"age": age}, weight="w", tolerance=1e-11, **beside
    )


def weights_of(part, targets, age, how):
    """Weight rows, each as a cell of its own."""
    if how == "given":
        return part["w"].to_numpy()
    wanted = [targets[name].rename(name) for name in MARGINS]
    codes = [t.index.get_indexer(part[t.name]) for t in wanted]
    if how == "raked":
        return raking.fit(part["w"].to_numpy(), codes, wanted, tolerance=1e-13)[0]
    x = np.hstack([np.eye(3)[code] for code in codes] + [part[["age"]].to_numpy(float)])
    met = np.concatenate([*wanted, [age]])
    bounds = None if how == "linear" else (0.05, 9.0)
    base = part["w"].to_numpy()
    return base * factors.fit(base, x, met, distance=how, bounds=bounds, tolerance=1e-12)


def value_of(rows, w, kind):
    known = rows["y"].notna()
    y, x = rows["y"].fillna(0).to_numpy(), rows["x"].where(known, 0.0).to_numpy()
    if kind == "total":
        return (w * y).sum()
    return (w * y).sum() / (w * (x if kind == "ratio" else known)).sum()


def by_hand(rows, targets, age, how, kind, unit, strata, group=None):
    """Delete each unit, multiply the others of its stratum, weight anew: JK1 or JKn of R."""
    h = rows[strata] if strata else pd.Series("all", index=rows.index)
    units = rows[unit] if unit else pd.Series(range(len(rows)), index=rows.index)
    t, scale = [], []
    for (stratum, this), _ in rows.groupby([h, units]):
        m = units[h == stratum].nunique()
        part = rows.assign(w=rows["w"].where(h != stratum, rows["w"] * m / (m - 1)))
        part = part[~((h == stratum) & (units == this))]
        inside = 1.0 if group is None else (part["g"] == group).to_numpy(float)
        t.append(value_of(part, weights_of(part, targets, age, how) * inside, kind))
        scale.append((m - 1) / m)
    return np.sqrt(np.sum(np.array(scale) * (np.array(t) - np.mean(t)) ** 2))


def ours(rows, kind, **given):
    if kind == "total":
        return totals.weighted_total(rows, outcome="y", **given)
    if kind == "ratio":
        return totals.weighted_ratio(rows, numerator="y", denominator="x", **given)
    return bias.weighted_mean(rows, outcome="y", **given)


@settings(max_examples=12)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["raked", "given"]),
    st.sampled_from(["mean", "ratio", "total"]),
    st.sampled_from([None, "c"]),
    st.sampled_from([None, "h"]),
)
def test_it_equals_deleting_unit_after_unit(seed, how, kind, unit, strata):
    """1e-7: both rake each replicate, to 1e-11 and 1e-13."""
    rows, targets, age = sample(seed)
    means = {"weight": "w"} if how == "given" else {"weights": weighted(rows, targets, age, how)}
    found = ours(rows, kind, cluster=unit, strata=strata, se="jackknife", **means)
    wanted = by_hand(rows, targets, age, how, kind, unit, strata)
    assert_allclose(found.frame["se"], [wanted], rtol=1e-7)
    groups = ours(rows, kind, by="g", cluster=unit, strata=strata, se="jackknife", **means).frame
    wanted = [by_hand(rows, targets, age, how, kind, unit, strata, group) for group in "pq"]
    assert_allclose(groups["se"], wanted, rtol=1e-7)


@pytest.mark.parametrize("how", ["linear", "raking", "logit"])
@pytest.mark.parametrize("unit", [None, "c"])
def test_calibrated_weights_are_made_anew_too(how, unit):
    rows, targets, age = sample(1)
    weights = weighted(rows, targets, age, how)
    found = bias.weighted_mean(rows, outcome="y", weights=weights, cluster=unit, se="jackknife")
    wanted = by_hand(rows, targets, age, how, "mean", unit, None)
    assert_allclose(found.frame["se"], [wanted], rtol=1e-6)
    assert found.frame["method"].tolist() == ["refitted_jackknife"]


def test_a_group_of_one_answer_is_counted_and_told():
    """Without the only answer of z, x and y share its target; by hand with `rake` on both."""
    rows = pd.DataFrame({"a": list("xxxxxyyyyz"), "y": [1.0, 2, 5, 4, 2, 8, 7, 6, 9, 3], "w": 1.0})
    targets = {"a": {"x": 50.0, "y": 40.0, "z": 10.0}}
    weights = bias.rake(rows, targets=targets)
    found = bias.weighted_mean(rows, outcome="y", weights=weights, se="jackknife")
    assert "no answer left in 1 of 10 cases" in " ".join(map(str, found.warnings))
    t = []
    for i in rows.index:
        part = rows.drop(index=i)
        there = {k: v for k, v in targets["a"].items() if k in set(part["a"])}
        again = bias.rake(part, targets={"a": there})
        t.append(np.average(part["y"], weights=again.apply(part).execute()["weight"]))
    assert_allclose(found.frame["se"], [np.sqrt(0.9 * np.sum((t - np.mean(t)) ** 2))], rtol=1e-8)


def test_targets_that_a_replicate_cannot_meet_are_told():
    """Without the only answer of y and q, the shares of y and p contradict each other."""
    rows = pd.DataFrame({"a": list("xxxxyyy"), "b": list("pqpqppq"), "y": [1.0, 2, 5, 4, 2, 8, 7]})
    targets = {"a": {"x": 40, "y": 60}, "b": {"p": 50, "q": 50}}
    weights = bias.rake(rows, targets=targets)
    found = bias.weighted_mean(rows, outcome="y", weights=weights)
    assert "could not be made to meet all targets in 1 of 7 cases" in " ".join(
        map(str, found.warnings)
    )
    assert found.frame["method"].tolist() == ["refitted_jackknife"]


def test_answers_of_one_unit_have_no_error():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 4, 5, 6], "g": list("aaabbc"), "c": [1, 2, 3, 4, 4, 5]})
    for se in ("jackknife", "linearised"):
        found = bias.weighted_mean(rows, outcome="y", by="g", cluster="c", se=se)
        assert found.frame["se"].isna().tolist() == [False, True, True]
        assert "The answers of b and c are of a single row or cluster" in str(found.warnings[0])


def test_the_plain_mean_has_the_textbook_error():
    """s / sqrt(n), by rows and with a finite population."""
    y = np.random.default_rng(5).normal(size=50)
    rows = pd.DataFrame({"y": y, "N": 200})
    found = bias.weighted_mean(rows, outcome="y", se="jackknife")
    assert_allclose(found.frame["se"], [y.std(ddof=1) / np.sqrt(50)], rtol=1e-12)
    found = bias.weighted_mean(rows, outcome="y", population="N", se="jackknife")
    assert_allclose(found.frame["se"], [np.sqrt(0.75) * y.std(ddof=1) / np.sqrt(50)], rtol=1e-12)


def test_more_than_can_be_made_is_refused(monkeypatch):
    monkeypatch.setattr(jackknife, "MOST", 10)
    rows, targets, age = sample(3)
    weights = weighted(rows, targets, age, "raked")
    with pytest.raises(ParameterError, match="se='linearised'"):
        bias.weighted_mean(rows, outcome="y", weights=weights, se="jackknife")


def test_parts_of_the_replicates_give_the_same(monkeypatch):
    rows, targets, age = sample(4)
    given_once = {"weights": weighted(rows, targets, age, "raked"), "strata": "h", "by": "g"}
    whole = bias.weighted_mean(rows, outcome="y", se="jackknife", **given_once).frame["se"]
    monkeypatch.setattr(jackknife, "_AT_ONCE", 30)
    parts = bias.weighted_mean(rows, outcome="y", se="jackknife", **given_once).frame["se"]
    assert_allclose(parts, whole, rtol=1e-12)


def test_a_thousand_rows_take_a_moment():
    """The default at 999 degrees of freedom and six margins; a bound of 20 s for slow machines."""
    random = np.random.default_rng(7)
    rows = pd.DataFrame({f"m{i}": random.integers(0, 4, 1000).astype(str) for i in range(6)})
    rows["y"] = random.normal(size=1000)
    targets = {f"m{i}": {"0": 1, "1": 2, "2": 1, "3": 1} for i in range(6)}
    targets = {k: {c: v / 5 for c, v in t.items()} for k, t in targets.items()}
    weights = bias.rake(rows, targets=targets)
    found = bias.weighted_mean(rows, outcome="y", weights=weights)
    assert found.frame["method"].tolist() == ["refitted_jackknife"]
    near = bias.weighted_mean(rows, outcome="y", weights=weights, se="linearised")
    assert_allclose(found.frame["se"], near.frame["se"], rtol=0.05)  # they agree as n grows
