"""Grouped hazards against GLM on person-periods, and age, period and cohort on data whose truth is
known."""

import datetime as dt

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy
from numpy.testing import assert_allclose
from statsmodels.genmod.families import Binomial, links
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import SingularMatrixWarning

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from cxlib.retention.person_periods import calendar_periods, person_periods
from cxlib.rows.clock import Clock

MONTHS = 14


def simulate(rate, *, n=1500, seed=1, extra=()):
    """Cohorts of `n`, one a month over MONTHS, lost at `rate(cohort, age)` until the data end."""
    rng, rows = np.random.default_rng(seed), []
    for c in range(MONTHS):
        left = n
        for age in range(1, MONTHS - c):
            lost = rng.binomial(left, rate(c, age))
            rows.append((c, age, lost, 0))
            left -= lost
        rows.append((c, MONTHS - c - 1, 0, left))
    frame = pd.DataFrame(rows, columns=["c", "tenure", "lost", "censored"])
    frame["cohort"] = [pd.Timestamp(2025 + c // 12, c % 12 + 1, 1) for c in frame["c"]]
    frame = frame.groupby(["cohort", "tenure"], as_index=False)[["lost", "censored"]].sum()
    return retention.Durations(frame, by=("cohort",), unit="month")


def base(c, age):
    return 0.04 + 0.1 / age


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_counts_are_the_person_period_table(link):
    """The same coefficients, errors and deviance as statsmodels on one row a customer and period,
    and as first principles."""
    rng = np.random.default_rng(2)
    data = pd.DataFrame(
        {
            "t": rng.integers(1, 7, 300),
            "left": rng.integers(0, 2, 300),
            "층": rng.choice(["가", "나"], 300),
        }
    )
    found = retention.hazard(
        retention.count_durations(data, duration="t", event="left", by="층"),
        terms=["age", "층"],
        link=link,
    )
    long = data.loc[data.index.repeat(data["t"])]
    long = long.assign(age=long.groupby(level=0).cumcount() + 1)
    y = ((long["age"] == long["t"]) & (long["left"] == 1)).astype(float)
    x = np.column_stack(
        [np.ones(len(long)), *(long["age"] == k for k in range(2, 7)), long["층"] == "나"]
    ).astype(float)
    theirs = GLM(
        y, x, family=Binomial(link={"logit": links.Logit, "cloglog": links.CLogLog}[link]())
    ).fit(tol=1e-12)
    assert found.frame["term"].tolist() == [
        "(intercept)",
        *(f"age = {k}" for k in range(2, 7)),
        "층 = 나",
    ]
    assert_allclose(found.frame["estimate"], theirs.params, rtol=1e-7)
    assert_allclose(found.frame["se"], theirs.bse, rtol=1e-7)
    assert_allclose(
        [found.deviance, found.customer_periods], [theirs.deviance, len(long)], rtol=1e-10
    )
    eta = (
        x @ found.frame["estimate"].to_numpy()
    )  # expected information: sum of x x' mu'^2 / (mu (1 - mu))
    rate = 1 / (1 + np.exp(-eta)) if link == "logit" else -np.expm1(-np.exp(eta))
    slope = rate * (1 - rate) if link == "logit" else np.exp(eta - np.exp(eta))
    information = (x.T * (slope**2 / (rate * (1 - rate)))) @ x
    assert_allclose(found.frame["se"], np.sqrt(np.diag(np.linalg.inv(information))), rtol=1e-7)
    assert f"{len(long):,} periods at risk" in found.summary()


def test_a_level_without_losses_is_left_out_and_said():
    data = pd.DataFrame({"t": [1, 1, 2, 3, 3, 3], "left": [1, 0, 0, 1, 0, 0]})
    found = retention.hazard(retention.count_durations(data, duration="t", event="left"))
    assert found.frame["term"].tolist() == ["(intercept)", "age = 3"]
    assert_allclose(
        found.frame["ratio"].iloc[1], (1 / 2) / (1 / 5)
    )  # odds 1:2 at age 3, 1:5 at age 1
    assert "1 level (2) lost nobody or everybody" in str(found.warnings[0])


def test_a_calendar_shock_is_a_period_and_not_a_cohort():
    shock = simulate(lambda c, age: base(c, age) * (2 if c + age == 8 else 1))
    found = retention.age_period_cohort(shock)
    assert found.clear[["term", "level"]].values.tolist() == [["period", pd.Timestamp(2025, 9, 1)]]
    row = found.clear.iloc[0]
    assert 1.7 < row["ci_low"] < row["ratio"] < row["ci_high"] < 3
    assert row["cells"] == row["alike"] == 8
    tests = found.frame.set_index("term")["pvalue"]
    assert tests["period"] < 1e-6 < tests["cohort"]
    assert (
        "In the month from 2025-09-01 more customers were lost across the cohorts"
        in found.summary()
    )
    assert "No single cohort stands out" in found.summary()
    ax = found.plot()
    assert ax.get_title(loc="left").replace("\n", " ") == found.headline()
    assert (
        found.headline()
        == "In the month from 2025-09-01 more customers were lost, whenever they had come"
    )
    plt.close(ax.figure)
    assert "cannot be known" in found.summary()


def test_a_bad_cohort_is_a_cohort_and_not_a_period():
    found = retention.age_period_cohort(
        simulate(lambda c, age: base(c, age) * (1.8 if c == 3 else 1))
    )
    assert found.clear[["term", "level"]].values.tolist() == [["cohort", pd.Timestamp(2025, 4, 1)]]
    assert "Customers who came in the month from 2025-04-01 were lost more often" in found.summary()


def test_one_cohorts_bad_month_is_neither():
    found = retention.age_period_cohort(
        simulate(lambda c, age: 0.5 if (c, age) == (2, 5) else base(c, age))
    )
    assert found.clear.empty
    assert "No single month stands out" in found.summary()


def test_silences_that_are_still_open_are_no_period():
    """No effect at all, customers active in 60 % of their months: a period is named in about 5 % of
    60 data sets, so 8 at most.

    (3 binomial standard errors.) Where the silence that the data end with is the loss, it is named
    in two of three."""
    rng = np.random.default_rng(1)
    clock = Clock("month")
    first, came = clock.index(dt.date(2024, 1, 1)), np.repeat(np.arange(18), 100)
    end = clock.start(first + 20)
    groups, found_some = pd.DataFrame({"cohort": first + came, "customers": 1}), 0
    for _ in range(60):
        age = np.arange(20) - came[:, None]
        active = (age >= 0) & (age < rng.geometric(0.05, len(came))[:, None]) & (
            rng.random(age.shape) < 0.6
        ) | (age == 0)
        found = retention.age_period_cohort(
            retention.Cohorts(groups, active, first, clock, end, clock.start(first), end)
        )
        found_some += (found.clear["term"] == "period").any()
    assert found_some <= 8


def test_a_straight_line_is_not_given_to_any_of_the_three():
    """The same data come from a drift over age or over cohort and period: no bend may show it."""
    found = retention.age_period_cohort(
        simulate(lambda c, age: 1 / (1 + np.exp(3 - 0.08 * c - 0.05 * age)), n=4000, seed=5)
    )
    assert found.clear.empty
    assert (found.frame["pvalue"] > 0.001).all()
    assert (abs(found.bends["estimate"]) < 5 * found.bends["se"] + 1e-9).all()
    sums = found.bends.groupby("term")["estimate"].sum()
    assert_allclose(sums, 0, atol=1e-9)


def test_degrees_of_freedom_are_the_bends():
    found = retention.age_period_cohort(simulate(base))
    levels = found.bends.groupby("term").size()
    assert (found.frame.set_index("term")["df"] == levels - 2).all()


def test_bends_equal_a_direct_likelihood_ratio():
    """Age + cohort + period indicators against age + cohort, by statsmodels with indicators of
    every level."""
    durations = simulate(lambda c, age: base(c, age) * (1.5 if c + age == 8 else 1), n=400)
    found = retention.age_period_cohort(durations).frame.set_index("term").loc["period"]
    cells = person_periods(durations, ["cohort"])
    cells["period"] = calendar_periods(cells["cohort"], cells["age"], "month")
    made = [
        pd.get_dummies(cells[name].astype(str), dtype=float).to_numpy()
        for name in ("age", "cohort", "period")
    ]
    counts = np.column_stack([cells["lost"], cells["at_risk"] - cells["lost"]])
    with pytest.warns(SingularMatrixWarning):  # the straight lines are in it twice
        small, large = (
            GLM(counts, np.column_stack(made[:k]), family=Binomial()).fit(tol=1e-12) for k in (2, 3)
        )
    assert_allclose(
        found["statistic"] * found["dispersion"], small.deviance - large.deviance, rtol=1e-6
    )
    assert found["df"] == large.df_model - small.df_model


def test_where_cells_vary_more_than_chance_bends_are_tested_by_f():
    """Quasi-binomial: statsmodels' deviances over its Pearson dispersion, on F with its degrees of
    freedom."""
    extra = np.random.default_rng(3)
    durations = simulate(
        lambda c, age: extra.beta(100 * base(c, age), 100 * (1 - base(c, age))), n=400
    )
    found = retention.age_period_cohort(durations).frame.set_index("term").loc["period"]
    cells = person_periods(durations, ["cohort"])
    cells["period"] = calendar_periods(cells["cohort"], cells["age"], "month")
    cells = cells[cells.groupby("period")["lost"].transform("sum") > 0]
    made = [
        pd.get_dummies(cells[name].astype(str), dtype=float).to_numpy()
        for name in ("age", "cohort", "period")
    ]
    counts = np.column_stack([cells["lost"], cells["at_risk"] - cells["lost"]])
    with pytest.warns(SingularMatrixWarning):
        small, large = (
            GLM(counts, np.column_stack(made[:k]), family=Binomial()).fit(tol=1e-12) for k in (2, 3)
        )
    ratio, df = large.pearson_chi2 / large.df_resid, large.df_model - small.df_model
    assert ratio > 2
    assert_allclose(found["dispersion"], ratio, rtol=1e-6)
    theirs = scipy.stats.f.sf((small.deviance - large.deviance) / ratio / df, df, large.df_resid)
    assert_allclose(found["pvalue"], theirs, rtol=1e-6)


def test_the_p_value_of_the_clearest_term_knows_how_many_there_were():
    """Holm's smallest p value is that of Bonferroni: the smallest times the number of terms."""
    durations = simulate(lambda c, age: 0.1, n=60)
    found = retention.hazard(durations, terms=["age", "cohort"])
    known = found.frame[1:]
    words = f"corrected for {len(known)} terms"
    assert f"p {min(1, len(known) * known['pvalue'].min()):.3f}, {words}" in found.summary()


def test_cohorts_from_events_reach_the_models():
    rng = np.random.default_rng(4)
    came, stays = rng.integers(0, 12, 900), rng.geometric(0.25, 900)
    rows = [
        (f"c{k}", dt.date(2025 + (m // 12), m % 12 + 1, 10))
        for k, (c, s) in enumerate(zip(came, stays, strict=True))
        for m in range(c, min(c + s, 14))
    ]
    cohorts = retention.count_cohorts(
        pd.DataFrame(rows, columns=["who", "at"]),
        customer="who",
        time="at",
        as_of=dt.date(2026, 3, 1),
    )
    durations = retention.durations_from_cohorts(cohorts, gap=1)
    rate = durations.risk_table()
    assert abs(rate.lost.sum() / rate.at_risk.sum() - 0.25) < 0.03
    assert retention.hazard(durations, terms=["age", "cohort"]).df > 12
    assert retention.hazard(durations, terms=["age", "period"]).df > 12
    assert retention.age_period_cohort(durations).frame["df"].gt(0).all()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"terms": ["age", "came", "period"]}, ParameterError, "cannot all be told apart"),
        ({"terms": "segment"}, ColumnError, "terms='segment'"),
        ({"link": "probit"}, ParameterError, "link='probit'"),
        ({"terms": ["age", "log_age"]}, CohortError, "follows from the others"),
        ({"terms": "age", "numbers": "came"}, ColumnError, "not numbers"),
    ],
)
def test_bad_terms_are_refused(options, error, words):
    data = pd.DataFrame({"t": [1, 2, 2, 1], "left": [1, 0, 1, 0], "came": ["x", "y", "y", "x"]})
    if "log_age" in options.get("terms", ()):
        data = pd.concat([data, pd.DataFrame({"t": [3, 3], "left": [1, 0], "came": ["x", "x"]})])
    with pytest.raises(error, match=words):
        retention.hazard(
            retention.count_durations(data, duration="t", event="left", by="came"),
            cohort="came",
            **options,
        )


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ({"t": [1.5, 2.0], "left": [1, 0]}, CohortError, "whole periods"),
        ({"t": [1, 2], "left": [0, 0]}, EmptyDataError, "nobody was lost"),
        ({"t": [0, 0], "left": [0, 0]}, EmptyDataError, "nobody was lost"),
        ({"t": [1, 1], "left": [1, 1]}, EmptyDataError, "nothing to fit"),
    ],
)
def test_data_without_a_hazard_are_refused(data, error, words):
    with pytest.raises(error, match=words):
        retention.hazard(retention.count_durations(pd.DataFrame(data), duration="t", event="left"))


def test_what_age_period_cohort_needs():
    rows = pd.DataFrame(
        {"t": [1, 2, 2, 1], "left": [1, 0, 1, 0], "came": ["2025-01-01", "2025-02-01"] * 2}
    )
    with pytest.raises(ColumnError, match="cohort='cohort'"):
        retention.age_period_cohort(
            retention.count_durations(rows, duration="t", event="left", unit="month")
        )
    with pytest.raises(ParameterError, match="cannot be named"):
        retention.age_period_cohort(
            retention.count_durations(rows, duration="t", event="left", by="came"), cohort="came"
        )
    months = retention.count_durations(rows, duration="t", event="left", by="came", unit="month")
    assert retention.age_period_cohort(months, cohort="came").key == "retention.no_ages"
    assert retention.age_period_cohort(None).key == "retention.no_events"
    with pytest.raises(ParameterError, match="link='probit'"):
        retention.age_period_cohort(None, link="probit")


def test_periods_by_unit():
    came = pd.Series(pd.to_datetime(["2024-12-30"]))
    assert calendar_periods(came, pd.Series([1]), "week").iloc[0] == pd.Timestamp(2025, 1, 6)
    assert calendar_periods(came, pd.Series([2]), "month").iloc[0] == pd.Timestamp(2025, 2, 1)
    assert calendar_periods(pd.Series(["2024-10-01"]), pd.Series([2]), "quarter").iloc[
        0
    ] == pd.Timestamp(2025, 4, 1)


def test_a_column_that_is_called_as_one_of_ours_is_a_term_under_its_own_name():
    rng = np.random.default_rng(7)
    came = rng.integers(1, 7, 3000)
    tenure = np.minimum(rng.geometric(0.2, 3000), 10)
    rows = pd.DataFrame(
        {
            "cohort": [f"2026-{month:02d}-01" for month in came],
            "size": rng.choice(["large", "small"], 3000),
            "t": tenure,
            "gone": (tenure < 10).astype(int),
        }
    )
    durations = retention.count_durations(
        rows, duration="t", event="gone", by=["cohort", "size"], unit="month"
    )
    by_size = retention.hazard(durations, terms=["age", "size"])
    assert "size = small" in by_size.frame["term"].tolist()
    by_cohort = retention.hazard(durations, terms=["age", "cohort"])
    assert "cohort = 2026-02-01" in by_cohort.frame["term"].tolist()
    found = retention.age_period_cohort(durations)
    assert found.frame["term"].tolist() == ["age", "cohort", "period"]
