"""The monitor: exact half-widths, its p value, its false alarms under looking every week, edges."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.nps.methods import intervals
from cxlib.nps.methods.sequential import (
    clock,
    mixture_half_width,
    mixture_pvalue,
    never_zero,
)
from cxlib.nps.monitoring import FEWEST
from cxlib.shown import language as words
from tests.conftest import ORACLES
from tests.nps.test_wave_chart import rows_of

EXACT = json.loads((ORACLES / "nps" / "expected_misc.json").read_text())["anytime_normal_mixture"][
    "rows"
]
SHAPES = {"A": (35, 40, 25), "E": (98, 1.5, 0.5), "G": (5, 90, 5), "H": (48, 4, 48)}


@pytest.mark.parametrize("row", EXACT, ids=lambda row: f"n={row['n']}")
def test_half_widths_equal_exact_arithmetic(row):
    # mpmath, 40 digits (make_misc.py): se = s / sqrt(n), t = n rho^2
    assert set(row) == {"n", "pro", "det", "rho2", "half_width", "fixed_n_half_width"}
    se = np.sqrt((row["pro"] + row["det"] - (row["pro"] - row["det"]) ** 2) / row["n"])
    assert_allclose(
        mixture_half_width(se, row["n"] * row["rho2"], 0.05), row["half_width"], rtol=1e-12
    )
    assert_allclose(proportions.z_value(0.95) * se, row["fixed_n_half_width"], rtol=1e-12)


@given(st.floats(0.01, 100), st.floats(0.001, 0.2))
def test_p_value_is_where_the_interval_ends(t, alpha):
    z = mixture_half_width(1.0, t, alpha)
    assert_allclose(mixture_pvalue(z, t), alpha, rtol=1e-9)
    assert mixture_pvalue(0.0, t) == 1


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_the_clock_makes_the_interval_narrowest_at_the_planned_answers(alpha):
    found = minimize_scalar(
        lambda t: mixture_half_width(1.0, t, alpha),
        bounds=(0.1, 100),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert_allclose(clock(0.001, 0.002, 500, 500, alpha=alpha), found.x, rtol=1e-5)
    # with half of the answers the growing wave's part of the variance is twice as large
    assert_allclose(clock(0.001, 0.004, 250, 500, alpha=alpha), found.x * 3 / 5, rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_year_of_weekly_looks_gives_few_false_alarms(shape):
    # and the growing wave runs past its plan; two standard errors of 2,000 draws are 1 %
    rng = np.random.default_rng(20240501)
    p = np.array(SHAPES[shape]) / 100
    before, so_far = (
        rng.multinomial(200, p, size=2_000)[:, None],
        rng.multinomial(10, p, size=(2_000, 52)).cumsum(axis=1),
    )
    (a, n_a, c), (x, n_b, y) = ((w[..., 0], w.sum(axis=-1), w[..., 2]) for w in (before, so_far))
    v_a, v_b = never_zero(a, n_a, c), never_zero(x, n_b, y)
    z = (intervals.nps_of(x, n_b, y) - intervals.nps_of(a, n_a, c)) / np.sqrt(v_a + v_b)
    pvalue = mixture_pvalue(z, clock(v_a, v_b, n_b, n_a, alpha=0.05))
    assert ((pvalue < 0.05) & (n_b >= FEWEST)).any(axis=1).mean() <= 0.05


def test_naive_false_alarms_are_those_of_draws():
    # a finished and a growing wave of equal size, normal: z at 6 looks, 200,000 draws, four
    # standard errors
    rng = np.random.default_rng(1)
    growing = rng.normal(size=(200_000, 6)).cumsum(axis=1) / np.arange(1, 7)
    z = (growing - rng.normal(size=(200_000, 1)) / np.sqrt(6)) / np.sqrt(
        1 / np.arange(1, 7) + 1 / 6
    )
    rate = (np.abs(z) > proportions.z_value(0.95)).any(axis=1).mean()
    found = (
        nps.monitor(rows_of({1: (50, 30, 20), 2: (50, 30, 20)}), between="wave", looks=6)
        .frame["naive_false_alarm"]
        .iloc[0]
    )
    assert_allclose(found, rate, atol=0.003)


def test_a_huge_finished_wave_leaves_the_published_rate():
    # Armitage, McPherson and Rowe 1969: five looks, 0.142
    frame = nps.monitor(
        nps.count_scores(
            rows_of({1: (50_000, 30_000, 20_000), 2: (50, 30, 20)}), score="score", by="wave"
        ),
        between="wave",
        looks=5,
    ).frame
    assert_allclose(frame["naive_false_alarm"], 0.142, atol=6e-4)


def test_frame_follows_from_the_arrays():
    found = nps.monitor(
        rows_of({"2026Q1": (50, 30, 20), "2026Q2": (20, 10, 30)}), between="wave", planned=200
    ).frame.iloc[0]
    v_a, v_b = never_zero(50, 100, 20), never_zero(20, 60, 30)
    t = clock(v_a, v_b, 60, 200, alpha=0.05)
    half = mixture_half_width(np.sqrt(v_a + v_b), t, 0.05)
    d = -10 / 60 - 0.3
    assert_allclose(
        found[["difference", "se", "ci_low", "ci_high", "pvalue"]].astype(float),
        [
            100 * d,
            100 * np.sqrt(v_a + v_b),
            100 * (d - half),
            100 * (d + half),
            mixture_pvalue(d / np.sqrt(v_a + v_b), t),
        ],
        rtol=1e-12,
    )
    assert found["ci_low"] < found["naive_low"] < found["naive_high"] < found["ci_high"]


def test_what_may_be_said_and_what_a_naive_test_would_have():
    found = nps.monitor(rows_of({9: (50, 30, 20), 10: (33, 30, 37)}), between="wave", looks=6)
    assert found.frame["verdict"].tolist() == ["cannot_tell"]
    assert found.frame["naive_pvalue"].iloc[0] < 0.05
    assert "may not be claimed yet" in found.summary()
    assert "would claim a change (p" in found.summary()
    rate = words.write(found.frame["naive_false_alarm"].iloc[0], "percent0")
    assert (
        f"Looked at 6 times, a naive 95 % test would claim a change in {rate} of cases"
        in found.summary()
    )
    found = nps.monitor(rows_of({9: (50, 30, 20), 10: (10, 30, 60)}), between="wave")
    assert found.frame[["a", "b", "verdict"]].to_numpy().tolist() == [[9, 10, "down"]]
    assert "fell by" in found.summary()
    assert found.plot().get_title(loc="left") == "NPS fell from 9 to 10"


def test_groups_are_watched_one_by_one():
    rows = pd.concat(
        [
            rows_of({1: (50, 30, 20), 2: (10, 30, 60), 3: (12, 30, 58)}).assign(shop="東京"),
            rows_of({1: (50, 30, 20), 3: (10, 30, 60)}).assign(shop="부산"),
            rows_of({2: (5, 3, 2)}).assign(shop="nan"),
        ]
    )
    found = nps.monitor(rows, between="wave", by="shop", looks=3)
    assert found.frame[["shop", "a", "b"]].to_numpy().tolist() == [
        ["東京", 1, 2],
        ["東京", 2, 3],
        ["부산", 1, 3],
    ]
    assert "In 1 of 2 groups" in found.summary()
    assert "부산 (" in found.summary()
    assert "2 groups are watched" in str(found.warnings[-1])
    found.plot()


def test_too_few_one_wave_and_a_lone_cluster():
    few = nps.monitor(rows_of({1: (50, 30, 20), 2: (0, 0, FEWEST - 1)}), between="wave")
    assert few.frame["verdict"].tolist() == ["too_few_yet"]
    assert "nothing is said" in few.summary()
    assert nps.monitor(rows_of({1: (0, 0, 30), 2: (30, 0, 0)}), between="wave").frame[
        "verdict"
    ].tolist() == ["up"]
    one = nps.monitor(rows_of({1: (50, 30, 20)}), between="wave")
    assert one.frame.empty
    assert "only one value" in one.summary()
    assert "only one value" in one.plot().texts[0].get_text()
    rows = rows_of({1: (50, 30, 20), 2: (50, 30, 20)}).assign(store=lambda f: np.arange(len(f)) % 9)
    lone = nps.monitor(
        rows.assign(store=rows["store"].where(rows["wave"] == 1, 1)),
        between="wave",
        cluster="store",
    )
    assert lone.frame["verdict"].tolist() == ["do_not_compare"]
    assert "single cluster" in lone.summary()


def test_without_a_design_and_with_equal_weights_alike():
    rows = rows_of({1: (50, 30, 20), 2: (40, 30, 30)})
    plain = nps.monitor(rows, between="wave").frame
    weighted = nps.monitor(rows.assign(w=2.0), between="wave", weight="w")
    clustered = nps.monitor(rows.assign(shop=range(len(rows))), between="wave", cluster="shop")
    # the linearised variance has n - 1 where the plain one has n
    assert_allclose(weighted.frame["se"], plain["se"], rtol=0.006)
    assert weighted.warnings == ()
    assert "guide" in str(clustered.warnings[-1])


def test_bad_values_are_refused():
    rows = rows_of({1: (5, 3, 2), 2: (5, 3, 2)})
    for parameters in ({"looks": 0}, {"planned": 0}, {"confidence": 95}):
        with pytest.raises(ParameterError, match=next(iter(parameters))):
            nps.monitor(rows, between="wave", **parameters)
    assert "No waves in a known order" in nps.monitor(rows, between=None).summary()


def test_waves_that_share_clusters_have_the_standard_error_of_the_comparison():
    design = {"score": "ltr", "weight": "weight", "strata": "stratum", "cluster": "store"}
    watched = nps.monitor(ORACLES / "nps" / "responses.csv", between="wave", **design).frame["se"]
    compared = nps.compare(
        ORACLES / "nps" / "responses.csv", between="wave", against="previous", **design
    ).frame["se"]
    assert_allclose(
        watched, compared, rtol=0.02
    )  # the monitor's variances are those of counts +3/4, +3/2, +3/4


def test_a_claim_that_holds_for_one_look_only_is_flagged_after_several():
    rows = pd.DataFrame(
        {
            "wave": ["1"] * 200 + ["2"] * 200,
            "score": [10] * 90 + [8] * 60 + [3] * 50 + [10] * 70 + [8] * 60 + [3] * 70,
        }
    )
    flagged = [
        any(
            "made for one look" in str(warning)
            for warning in nps.monitor(rows, between="wave", looks=looks).warnings
        )
        for looks in (1, 6)
    ]
    assert flagged == [False, True]


def test_more_looks_than_a_hundred_are_quick_and_a_lower_bound():
    rows = rows_of({1: (50, 30, 20), 2: (40, 30, 30)})
    at = [
        nps.monitor(rows, between="wave", looks=looks).frame["naive_false_alarm"].item()
        for looks in (52, 100, 10**6)
    ]
    assert at[0] < at[1] == at[2]
