"""Wave chart and change point: exact arithmetic, a published table, multivariate normals, seeded
draws, edges."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, stats

from cxlib import nps
from cxlib.errors import ParameterError, WeightError
from cxlib.nps.methods.charts import change_point, chart
from cxlib.nps.methods.crossing import crossing, growing
from tests.conftest import ORACLES
from tests.nps import answers

EXACT = json.loads((ORACLES / "nps" / "expected_misc.json").read_text())["wave_chart"]
ROW_KEYS = {"counts", "nps", "lcl", "ucl", "z", "ewma", "ewma_sd"}
LATER = {"cusum_hi", "cusum_lo"}  # a later part's


def rows_of(waves):
    """Rows with the given (promoters, passives, detractors) in each wave."""
    return answers.rows_of("wave", waves)


def test_no_key_of_the_oracle_is_left_out():
    assert set(EXACT) == {"baseline_waves", "centre", "sigma2", "lambda", "k", "rows"}
    assert all(set(row) == ROW_KEYS | LATER for row in EXACT["rows"])


def test_chart_equals_exact_arithmetic():
    # mpmath, 40 digits (make_misc.py); closed forms
    waves = {number: row["counts"] for number, row in enumerate(EXACT["rows"], 1)}
    frame = nps.waves(
        rows_of(waves), wave="wave", baseline=EXACT["baseline_waves"], smoothing=EXACT["lambda"]
    ).frame
    expected = pd.DataFrame(EXACT["rows"])
    assert_allclose(frame["centre"], 100 * EXACT["centre"], rtol=1e-12)
    for ours, theirs in (
        ("nps", "nps"),
        ("limit_low", "lcl"),
        ("limit_high", "ucl"),
        ("ewma", "ewma"),
    ):
        assert_allclose(frame[ours], 100 * expected[theirs], rtol=1e-12)
    sigma = (frame["limit_high"] - frame["centre"]) / 3
    assert_allclose((sigma / 100) ** 2 * frame["n"], EXACT["sigma2"], rtol=1e-12)
    assert_allclose((frame["nps"] - frame["centre"]) / sigma, expected["z"], rtol=1e-12)
    assert_allclose(frame["ewma_high"] - frame["centre"], 300 * expected["ewma_sd"], rtol=1e-12)
    assert_allclose(frame["centre"] - frame["ewma_low"], 300 * expected["ewma_sd"], rtol=1e-12)
    assert frame["outside"].tolist() == (expected["z"].abs() > 3).tolist()


@pytest.mark.parametrize(
    ("looks", "published"),
    [
        (1, 0.05),
        (2, 0.083),
        (3, 0.107),
        (4, 0.126),
        (5, 0.142),
        (10, 0.193),
        (20, 0.248),
        (50, 0.320),
    ],
)
def test_crossing_equals_the_published_table(looks, published):
    # Armitage, McPherson and Rowe 1969, JRSS A 132, table 2: repeated two-sided 5 % tests
    assert_allclose(
        crossing(stats.norm.ppf(0.975), growing(np.arange(1, looks + 1))), published, atol=6e-4
    )


@pytest.mark.parametrize("limit", [0.3, 1.0, 2.0, 3.5, 6.0])
@pytest.mark.parametrize(("r1", "r2"), [(0.0, 0.5), (0.6, 0.95), (0.99, 0.3), (0.999, 0.9)])
def test_crossing_equals_other_integrals(limit, r1, r2):
    # given the middle one of three, the outer two are independent: one plain integral; and for two,
    # the multivariate normal
    def one_leaves(x):
        stays = [
            stats.norm.cdf((limit - r * x) / np.sqrt(1 - r * r))
            - stats.norm.cdf((-limit - r * x) / np.sqrt(1 - r * r))
            for r in (r1, r2)
        ]
        return stats.norm.pdf(x) * (1 - np.prod(stays))

    three = (
        2 * stats.norm.sf(limit)
        + integrate.quad(
            one_leaves,
            -limit,
            limit,
            epsabs=1e-15,
            epsrel=1e-11,
            limit=500,
            points=[-0.99 * limit, 0.99 * limit],
        )[0]
    )
    assert_allclose(crossing(limit, [r1, r2]), three, rtol=1e-7, atol=1e-13)
    two = stats.multivariate_normal(cov=[[1, r1], [r1, 1]]).cdf(
        [limit, limit], lower_limit=[-limit, -limit]
    )
    assert_allclose(crossing(limit, [r1]), 1 - two, atol=1e-8)


def test_crossing_at_its_edges():
    assert crossing(0, [0.5]) == 1
    assert_allclose(crossing(2.0, [1.0, 1.0]), 2 * stats.norm.sf(2))
    assert_allclose(crossing(2.0, [0.0]), 1 - (1 - 2 * stats.norm.sf(2)) ** 2, rtol=1e-10)
    assert 0 < crossing(1e9, [0.5]) < 1e-14


@given(st.floats(0.1, 6), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_crossing_grows_with_looks_and_stays_under_the_sum(limit, correlations):
    p = crossing(limit, correlations)
    assert crossing(limit, correlations[:-1]) <= p * (1 + 1e-9)
    assert p <= min(1, (len(correlations) + 1) * 2 * stats.norm.sf(limit)) * (1 + 1e-9)


def test_change_point_p_value_is_uniform_where_nothing_changed():
    rng = np.random.default_rng(20240501)
    variance = 0.6 / rng.integers(50, 400, 8)
    p = np.array(
        [change_point(rng.normal(size=8) * np.sqrt(variance), variance)[2] for _ in range(3_000)]
    )
    for level in (0.01, 0.05, 0.2, 0.5):  # four standard errors
        assert_allclose((p < level).mean(), level, atol=4 * np.sqrt(level * (1 - level) / 3_000))


def test_change_point_statistic_is_the_two_sample_z():
    d, v = np.array([0.1, 0.2, 0.15, 0.4]), np.array([0.002, 0.004, 0.001, 0.003])
    z, weight, _ = change_point(d, v)
    for s in (1, 2, 3):
        before, after = (
            np.average(d[part], weights=1 / v[part]) for part in (slice(s), slice(s, None))
        )
        assert_allclose(
            z[s - 1],
            (after - before) / np.sqrt(1 / (1 / v[:s]).sum() + 1 / (1 / v[s:]).sum()),
            rtol=1e-12,
        )
    assert_allclose(weight[1:], np.exp(z**2 / 2) / np.exp(z**2 / 2).sum(), rtol=1e-12)


def test_a_lasting_drop_is_found_and_dated():
    waves = {f"2026Q{i}": (50, 30, 20) if i < 6 else (30, 30, 40) for i in range(1, 10)}
    found = nps.waves(rows_of(waves), wave="wave", baseline=5)
    assert found.pvalue < 1e-4
    assert found.change["wave"].iloc[0] == "2026Q6"
    assert found.change["change_weight"].sum() >= 0.95
    assert_allclose(found.frame["change_weight"].sum(), 1, rtol=1e-12)
    assert_allclose(found.shift, -40, atol=1e-9)
    assert "the level fell" in found.summary()
    assert found.frame["outside"].tolist() == [False] * 5 + [True] * 4
    assert found.plot().get_title(loc="left") == "4 of 9 waves lie outside what chance explains"


def test_quiet_waves_that_are_numbers_are_in_order_and_said_to_be_quiet():
    found = nps.waves(rows_of({10: (50, 30, 20), 9: (52, 28, 20), 2: (49, 30, 21)}), wave="wave")
    assert found.frame["wave"].tolist() == [2, 9, 10]
    assert found.baseline == 2
    assert "outside the limits" in found.summary()
    assert "cannot be told from noise" in found.summary()
    assert (
        found.plot().get_title(loc="left")
        == "None of the 3 waves lies outside the limits of chance"
    )


def test_one_wave_two_waves_and_waves_of_one_kind():
    one = nps.waves(rows_of({"東京Q1": (5, 3, 2)}), wave="wave")
    assert "second wave" in one.summary()
    assert one.frame["change_weight"].tolist() == [0]
    assert "second wave" in one.plot().texts[0].get_text()
    two = nps.waves(rows_of({1: (50, 30, 20), 2: (10, 30, 60)}), wave="wave")
    assert two.baseline == 1
    assert two.frame["outside"].tolist() == [False, True]
    assert two.frame["change_weight"].tolist() == [0, 1]
    alike = nps.waves(rows_of({1: (10, 0, 0), 2: (10, 0, 0), 3: (0, 0, 10)}), wave="wave")
    assert np.isfinite(
        alike.frame[["limit_low", "ewma_high", "change_weight"]].to_numpy(float)
    ).all()
    assert alike.frame["outside"].tolist() == [False, False, True]
    alike.plot()


@given(
    st.lists(st.tuples(st.floats(-0.9, 0.9), st.integers(1, 500)), min_size=2, max_size=10),
    st.floats(0.05, 1),
)
def test_limits_follow_n_and_the_average_starts_at_the_centre(waves, smoothing):
    d, n = np.array([x for x, _ in waves]), np.array([k for _, k in waves])
    found = chart(d, 1 - d**2, n, baseline=len(d), smoothing=smoothing)
    half = found["limit_high"] - found["centre"]
    assert_allclose(half**2 * n, half[0] ** 2 * n[0], rtol=1e-9)
    assert (found["ewma_high"] - found["centre"] <= half.max() * (1 + 1e-12)).all()
    assert_allclose(
        found["ewma"][0], smoothing * d[0] + (1 - smoothing) * found["centre"][0], atol=1e-12
    )


def test_a_design_widens_the_limits_and_a_lone_cluster_is_refused():
    rng = np.random.default_rng(3)
    rows = rows_of({1: (50, 30, 20), 2: (45, 30, 25), 3: (52, 28, 20)}).sample(
        frac=1, random_state=1
    )
    rows["store"] = np.where(
        rows["score"] == 10, rng.integers(0, 4, len(rows)), rng.integers(3, 12, len(rows))
    )
    plain, found = nps.waves(rows, wave="wave"), nps.waves(rows, wave="wave", cluster="store")
    assert (found.frame["limit_high"] > plain.frame["limit_high"]).all()
    assert "independent" in str(found.warnings[-1])
    with pytest.raises(WeightError, match="single cluster"):
        nps.waves(
            rows.assign(store=rows["store"].where(rows["wave"] != 2, 1)),
            wave="wave",
            cluster="store",
        )


def test_bad_values_are_refused():
    rows = rows_of({1: (5, 3, 2), 2: (5, 3, 2)})
    for parameters in (
        {"baseline": 3},
        {"baseline": 0},
        {"smoothing": 0},
        {"smoothing": 1.2},
        {"confidence": 95},
    ):
        with pytest.raises(ParameterError, match=next(iter(parameters))):
            nps.waves(rows, wave="wave", **parameters)
    assert "No waves in a known order" in nps.waves(rows, wave=None).summary()


@pytest.mark.parametrize("share", [(0.9, 0.08, 0.02), (0.45, 0.3, 0.25)])
@pytest.mark.parametrize(("k", "n"), [(12, 5), (12, 40)])
def test_a_change_is_not_found_too_often_where_there_is_none(share, k, n):
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(100):
        scores = np.repeat(np.tile([10, 8, 3], k), rng.multinomial(n, share, k).ravel())
        rows = pd.DataFrame({"wave": np.repeat(np.arange(k), n), "score": scores})
        counts = rows.value_counts(sort=False).rename("n").reset_index()
        found += nps.waves(nps.ScoreCounts(counts, by=("wave",)), wave="wave").pvalue < 0.05
    assert found <= 13  # 5 %: more than 13 of 100 in less than 1 of 1,000 cases


def test_a_change_without_a_wave_outside_is_the_title_and_tiny_waves_are_not_judged():
    rows = pd.DataFrame(
        {
            "wave": np.repeat(np.arange(12), 100),
            "score": ([10] * 40 + [8] * 30 + [3] * 30) * 6 + ([10] * 50 + [8] * 25 + [3] * 25) * 6,
        }
    )
    chart = nps.waves(rows, wave="wave")
    assert not chart.frame["outside"].any()
    assert chart.title() == "No single wave stands out, but the level rose"
    tiny = nps.waves(pd.DataFrame({"wave": [1, 2], "score": [10, 0]}), wave="wave")
    assert not tiny.frame["outside"].any()
    assert "2 waves have fewer than 5 answers and are not judged by the limits." in map(
        str, tiny.warnings
    )
