"""Sample sizes, detectable changes and power against 40-digit arithmetic, and the refusals."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib.errors import ParameterError
from cxlib.nps.planning import detectable, power, sample_size
from tests.conftest import ORACLES

MISC = json.loads(
    (ORACLES / "nps" / "expected_misc.json").read_text(encoding="utf-8")
)  # mpmath, make_misc.py
shares = st.tuples(st.floats(0.01, 0.98), st.floats(0, 1)).map(
    lambda t: (t[0], t[1] * (0.99 - t[0]))
)


def only(plan, column):
    return plan.frame[column].item()


def precision(case):
    one, three = (
        sample_size(
            half_width=100 * case["moe"],
            promoters=case["pro"],
            detractors=case["det"],
            method=method,
        )
        for method in ("wald", "adjusted_wald")
    )
    return {
        **{key: case[key] for key in ("pro", "det", "moe")},
        "n_wald": only(one, "n_exact"),
        "n_wald_ceil": only(one, "n"),
        "n_aw3_minus3": only(three, "n_exact"),
        "n_aw3_ceil": only(three, "n"),
    }


def two_samples(case):
    (p_x, q_x), (p_y, q_y) = case["x"], case["y"]
    expected = {"promoters": (p_y, p_x), "detractors": (q_y, q_x)}
    found = power(n_a=case["n2"], n_b=case["n1"], a=tuple(case["y"]), b=tuple(case["x"]))
    need = sample_size(difference=abs(100 * case["diff"]), **expected)
    least = detectable(n_a=case["n2"], n_b=case["n1"], **expected)
    row = found.frame.iloc[0]
    return {
        **{key: case[key] for key in ("x", "y", "order", "n1", "n2")},
        "diff": row["difference"] / 100,
        "se": math.sqrt(row["variance_a"] / row["n_a"] + row["variance_b"] / row["n_b"]),
        "power_two_sided_05": row["power"],
        "n_per_group_80": only(need, "n_exact"),
        "n_per_group_80_ceil": only(need, "n"),
        "mde_80_at_n": only(least, "difference") / 100,
    }


def worst_case(_):
    return {
        "max_var": only(sample_size(half_width=5), "variance"),
        "n_for_moe_0.05": only(sample_size(half_width=5), "n"),
        "n_for_moe_0.10": only(sample_size(half_width=10), "n"),
    }


@pytest.mark.parametrize(
    ("ours", "case"),
    [
        *((precision, case) for case in MISC["precision_n"]),
        *((two_samples, case) for case in MISC["two_sample_power"]),
        (worst_case, MISC["worst_case"]),
    ],
)
def test_every_key_equals_exact_arithmetic(ours, case):
    found = ours(case)
    assert found.keys() == case.keys()
    for key, wanted in case.items():
        if isinstance(wanted, int | float):
            assert_allclose(found[key], wanted, rtol=1e-12, err_msg=key)
        else:
            assert found[key] == wanted


@given(shares, st.floats(0.5, 30), st.integers(1, 10**6))
def test_with_a_finite_population_the_half_width_is_reached(one, half_width, population):
    n = only(
        sample_size(
            half_width=half_width, promoters=one[0], detractors=one[1], population=population
        ),
        "n_exact",
    )
    variance = sum(one) - (one[0] - one[1]) ** 2
    if (
        population > 1 and n > 0
    ):  # the variance of a mean from a sample without replacement: times (N - n) / (N - 1)
        reached = 1.959963984540054 * math.sqrt(
            variance / n * max(population - n, 0) / (population - 1)
        )
        assert reached == pytest.approx(half_width / 100, rel=1e-6)
    assert n <= max(population, 1) * (1 + 1e-12)


@given(shares, st.floats(0.5, 100), st.integers(2, 10**6))
def test_with_a_finite_population_the_adjusted_interval_of_so_many_answers_is_as_wide_as_asked(
    one, half_width, population
):
    n = only(
        sample_size(
            half_width=half_width,
            promoters=one[0],
            detractors=one[1],
            population=population,
            method="adjusted_wald",
        ),
        "n_exact",
    )
    variance = sum(one) - (one[0] - one[1]) ** 2
    assert n <= population * (1 + 1e-12)
    if n > -2.9:  # fewer than no answers: the three that are added are enough
        reached = 1.959963984540054 * math.sqrt(
            variance / (n + 3) * max(population - n, 0) / (population - 1)
        )
        assert reached == pytest.approx(half_width / 100, rel=1e-6)


@given(shares, shares, st.integers(2, 5000), st.integers(2, 5000))
def test_power_does_not_depend_on_who_is_called_a_and_grows_with_n(one, two, n_a, n_b):
    here, there = power(n_a=n_a, n_b=n_b, a=one, b=two), power(n_a=n_b, n_b=n_a, a=two, b=one)
    assert only(here, "power") == pytest.approx(only(there, "power"), rel=1e-9)
    assert (
        only(power(n_a=2 * n_a, n_b=2 * n_b, a=one, b=two), "power") >= only(here, "power") - 1e-12
    )


def test_what_is_detectable_shows_with_the_power_asked_for():
    n = only(sample_size(difference=10, power=0.9), "n_exact")
    assert only(sample_size(difference=10), "n_exact") < n
    assert only(
        detectable(n_a=math.ceil(n), n_b=math.ceil(n), power=0.9), "difference"
    ) == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [
        (
            sample_size(half_width=5, promoters=0.5, detractors=0.2),
            "To know the NPS to ± 5 points (95 % interval), 938 answers are needed, if 50 % are "
            "promoters and 20 % detractors.",
        ),
        (sample_size(half_width=2.5, population=500), "of 500 customers to ± 2.5 points"),
        (
            sample_size(difference=10, promoters=(0.5, 0.45), detractors=(0.2, 0.25)),
            "997 answers in each group are needed",
        ),
        (
            detectable(n_a=400, n_b=400, promoters=(0.5, 0.45), detractors=(0.2, 0.25)),
            "With 400 and 400 answers, a true change of about 16 points would show four times out "
            "of five, if 50 % are promoters and "
            "20 % detractors in the one group, 45 % and 25 % in the other.",
        ),
        (detectable(n_a=100, n_b=100, power=0.9), "90 % of the time, in the worst case"),
        (detectable(n_a=2, n_b=3), "not even the whole way"),
        (
            power(n_a=400, n_b=400, a=(0.45, 0.25), b=(0.5, 0.2)),
            "this difference of 10 points would show 43 % of the time",
        ),
    ],
)
def test_the_plan_is_said_plainly(plan, wanted):
    assert wanted in plan.summary()
    assert {"confidence", "method"} <= set(plan.frame.columns)
    assert not plan.frame.isna().any().any()


def test_a_plan_of_few_answers_says_that_it_is_rough():
    assert "Fewer than 30" in str(detectable(n_a=5, n_b=500).warnings[0])
    assert "Fewer than 30" in str(sample_size(half_width=50).warnings[0])
    assert sample_size(half_width=10).warnings == ()


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda: sample_size(), "give exactly one"),
        (lambda: sample_size(half_width=5, difference=5), "give exactly one"),
        (lambda: sample_size(half_width=0), "half_width=0 must be above 0"),
        (lambda: sample_size(difference=201), "difference=201 .* at most 200"),
        (lambda: sample_size(difference=float("nan")), "difference=nan"),
        (lambda: sample_size(half_width=5, promoters=50, detractors=20), "write 0.5 for 50 %"),
        (lambda: sample_size(half_width=5, promoters=0.7, detractors=0.4), "together at most 1"),
        (lambda: sample_size(half_width=5, promoters=0.7), "give both shares"),
        (
            lambda: sample_size(half_width=5, promoters=(0.5, 0.4), detractors=0.2),
            "two are for difference",
        ),
        (lambda: sample_size(half_width=5, promoters=1, detractors=0), "nothing to plan"),
        (
            lambda: sample_size(difference=5, promoters=(0.5, 0.4, 0.3), detractors=0.2),
            "one for each group",
        ),
        (lambda: sample_size(half_width=5, population=0), "population=0"),
        (lambda: sample_size(half_width=5, population=math.inf), "population=inf"),
        (lambda: sample_size(difference=5, population=100), "goes with half_width"),
        (lambda: sample_size(half_width=5, method="walt"), "did you mean 'wald'"),
        (lambda: sample_size(difference=5, power=80), "power=80"),
        (lambda: sample_size(half_width=5, confidence=95), "0.95 for 95 %"),
        (lambda: detectable(n_a=0, n_b=10), "n_a=0"),
        (lambda: power(n_a=10, n_b=1.5, a=(0.5, 0.2), b=(0.4, 0.2)), "n_b=1.5"),
        (lambda: power(n_a=10, n_b=10, a=0.5, b=(0.4, 0.2)), "a=0.5 must be two shares"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_next_step(call, wanted):
    with pytest.raises(ParameterError, match=wanted):
        call()
