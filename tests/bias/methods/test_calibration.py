"""Factors that meet totals: R's, closed forms, and properties that hold for all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.optimize import minimize

from cxlib.bias.methods import calibration
from cxlib.errors import WeightError

CASES = ("linear", "raking", "bounded_linear", "bounded_logit")


@st.composite
def samples(draw):
    """Base weights, a design of categories and a number, and totals that positive weights meet."""
    seed, cells = draw(st.integers(0, 2**32 - 1)), draw(st.integers(8, 40))
    random = np.random.default_rng(seed)
    category = random.permutation(np.arange(cells) % 3)
    x = np.column_stack([np.eye(3)[category], random.normal(50, 20, cells)])
    base = random.uniform(1, 5, cells)
    spread = draw(st.floats(0.01, 0.3))
    return base, x, (base * random.uniform(1 - spread, 1 + spread, cells)) @ x, spread


@pytest.mark.parametrize("case", CASES)
def test_factors_equal_r_calibrate(case, schools, calibrations):
    """R survey 4.1.1 `calibrate`, to the rtol stated there."""
    case = calibrations[f"clus1_calibrate_{case}"]
    sample, totals = schools["apiclus1"], case["args"]["totals"]
    x = np.column_stack(
        [
            np.ones(len(sample)),
            sample["stype"] == "H",
            sample["stype"] == "M",
            sample["api99"],
        ]
    ).astype(float)
    g = calibration.fit(
        sample["pw"].to_numpy(float),
        x,
        np.array([totals[k] for k in ("(Intercept)", "stypeH", "stypeM", "api99")], float),
        distance=case["method"].rsplit("_", 1)[-1],
        bounds=case["args"].get("bounds"),
    )
    truth, rtol = case["expected"], case["rtol"]
    weights = g * sample["pw"]
    assert_allclose(weights.head(10), truth["weights"]["first10"], rtol=rtol)
    assert_allclose(
        [weights.sum(), weights.min(), weights.max(), (weights**2).sum()],
        [truth["weights"][k] for k in ("sum", "min", "max", "sumsq")],
        rtol=rtol,
    )
    assert_allclose([g.min(), g.max()], truth["g_range"], rtol=rtol)


@settings(max_examples=40)
@given(samples())
def test_linear_factors_are_the_closed_form(sample):
    """GREG: g = 1 + x'(X'DX)^-1 (t - X'd)."""
    base, x, totals, _ = sample
    g = calibration.fit(base, x, totals, distance="linear")
    closed = 1 + x @ np.linalg.solve((x.T * base) @ x, totals - base @ x)
    assert_allclose(g, closed, rtol=1e-7, atol=1e-9)


@settings(max_examples=40)
@given(samples(), st.sampled_from(calibration.DISTANCES), st.floats(0.001, 1000))
def test_totals_are_met_within_the_bounds_whatever_the_scale(sample, distance, scale):
    """Factors made the totals, so bounds around those can be met; base weights of another scale,
    more columns that depend on the others, sparse columns, and a cell without weight change
    nothing."""
    base, x, totals, spread = sample
    mean = (totals[:3].sum()) / base.sum()
    bounds = ((1 - spread) / mean - 0.01, (1 + spread) / mean + 0.01)
    g = calibration.fit(base, x, totals, distance=distance, bounds=bounds)
    assert_allclose((base * g) @ x, totals, rtol=1e-9)
    assert g.min() / mean >= bounds[0] - 1e-12
    assert g.max() / mean <= bounds[1] + 1e-12
    more = sparse.csr_array(np.column_stack([x, x @ [1, 1, 1, 0], x @ [0, 2, 0, 1]]))
    again = calibration.fit(
        np.append(base * scale, 0.0),
        sparse.csr_array(sparse.vstack([more, sparse.csr_array(np.ones((1, 6)))])),
        np.append(totals, [totals[:3].sum(), 2 * totals[1] + totals[3]]),
        distance=distance,
        bounds=bounds,
    )
    assert_allclose(again[:-1] * scale, g, rtol=1e-6)


@settings(max_examples=15, deadline=None)
@given(samples())
def test_bounded_linear_factors_are_nearest_to_1(sample):
    """The same problem solved as a quadratic programme by scipy's SLSQP (to its 1e-6)."""
    base, x, totals, spread = sample
    base = base * totals[:3].sum() / base.sum()
    bounds = (1 - spread, 1 + spread)
    try:
        g = calibration.fit(base, x, totals, distance="linear", bounds=bounds)
    except WeightError:
        return  # after scaling these bounds need not hold
    far = minimize(
        lambda g: base @ (g - 1) ** 2 / 2,
        np.ones(len(base)),
        jac=lambda g: base * (g - 1),
        bounds=[bounds] * len(base),
        constraints={
            "type": "eq",
            "fun": lambda g: ((base * g) @ x - totals) / totals,
            "jac": lambda g: (base[:, None] * x / totals).T,
        },
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )
    if far.success:
        assert base @ (g - 1) ** 2 / 2 <= far.fun + 1e-6 * base.sum()
        assert_allclose(g, far.x, atol=2e-4)


def test_bounds_of_each_cell():
    """By hand: 10 + 10 to 40; the first may only double, so the second triples... of one total."""
    g = calibration.fit(
        np.array([10.0, 10.0]),
        np.ones((2, 1)),
        np.array([40.0]),
        distance="raking",
        bounds=(np.array([0, 0]), np.array([0.5, np.inf])),
    )
    assert_allclose(g, [1, 3])


@pytest.mark.parametrize(
    ("totals", "distance", "bounds"),
    [
        ([10.0, 500.0], "raking", None),  # a mean of 50 of numbers up to 2
        ([10.0, 18.0], "linear", (0.9, 1.1)),
        ([10.0, 18.0], "logit", (0.9, 1.1)),
    ],
)
def test_totals_out_of_reach_are_refused(totals, distance, bounds):
    x = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 1.0]])
    with pytest.raises(WeightError, match="totals: no"):
        calibration.fit(np.ones(4), x, np.array(totals), distance=distance, bounds=bounds)


@pytest.mark.parametrize(
    ("distance", "bounds"), [("logit", None), ("logit", (1.1, 2)), ("x", None)]
)
def test_distances_that_are_none(distance, bounds):
    with pytest.raises(WeightError, match="logit needs bounds"):
        calibration.fit(np.ones(2), np.ones((2, 1)), np.ones(1), distance=distance, bounds=bounds)


def test_numbers_far_from_0_are_met():
    """Years: a mean ten thousand times the spread."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"x": 1e4 + random.uniform(-1, 1, 50)})
    x = np.column_stack([np.ones(50), frame["x"]])
    g = calibration.fit(np.ones(50), x, np.array([50, 50 * (1e4 + 0.2)]), distance="raking")
    assert_allclose(g @ frame["x"] / 50 - 1e4, 0.2, atol=1e-5)
