"""Logs that begin in mid-business: told and left out of findings; logs of a true start: not."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from cxlib.retention.record_starts import count_early, find_record_start

D = dt.date


def business(old, new, gap, months=18, seed=1):
    """Customers who buy at random once in `gap` months, as a Poisson process, and stay: `old` when
    the log begins, `new` more each month. Nobody leaves, so no cohort differs from another."""
    rng, rows = np.random.default_rng(seed), []
    came = [0.0] * old + [month + u for month in range(months) for u in rng.random(new)]
    for who, start in enumerate(came):
        at = start + rng.exponential(gap) if who < old else start
        while at < months:
            rows.append((f"c{who}", D(2024, 1, 1) + dt.timedelta(days=30.44 * at)))
            at += rng.exponential(gap)
    data = pd.DataFrame(rows, columns=["who", "at"])
    return retention.count_cohorts(data, customer="who", time="at", as_of=D(2025, 6, 1))


def test_a_log_that_begins_in_mid_business_is_told_and_its_cohorts_are_left_out():
    cohorts = business(1000, 60, 1.0)
    found = find_record_start(cohorts)
    assert 2 <= found.cohorts <= 7
    assert 50 < found.usual < 75
    (said,) = [
        str(each)
        for each in retention.triangle(cohorts).warnings
        if "middle of business" in str(each)
    ]
    assert f"before_record = '{found.since}'" in said
    settled = retention.on_record(cohorts)
    assert settled.customers == cohorts.customers - found.customers
    assert settled.groups["cohort"].min() == cohorts.first + found.cohorts
    assert said in map(str, retention.triangle(settled).warnings)
    assert find_record_start(settled) is None
    assert (retention.smile(cohorts).frame["cohort"] >= pd.Timestamp(found.since)).all()
    clear = retention.age_period_cohort(cohorts).clear
    assert clear.empty or (clear.loc[clear["term"] == "cohort", "level"] >= cohorts.first).all()


def test_the_advice_is_followed_by_a_parameter():
    cohorts = business(1000, 60, 1.0)
    since = find_record_start(cohorts).since
    settled = retention.on_record(cohorts, before_record=since)
    assert settled.tally["before_record"] == find_record_start(cohorts).customers
    assert any("came before the record" in str(each) for each in settled.warnings)
    assert retention.on_record(cohorts, before_record=D(2020, 1, 1)) is cohorts


@pytest.mark.parametrize(("old", "gap"), [(0, 1.0), (60, 1.0), (0, 3.0)])
def test_a_true_start_is_left_as_it_is(old, gap):
    cohorts = business(old, 60, gap)
    assert find_record_start(cohorts) is None
    assert retention.on_record(cohorts) is cohorts


def test_sizes_of_a_real_log_that_began_in_mid_business():
    """The first four as found in a public log; then the level of the fourth."""
    assert (
        count_early(np.array([1426, 502, 270, 201, 190, 205, 188, 210, 195, 202, 199, 191.0])) >= 2
    )


@pytest.mark.parametrize("months", [6, 12, 24])
@pytest.mark.parametrize("level", [5, 30, 300])
@pytest.mark.parametrize("varied", [False, True])
def test_steady_or_growing_arrivals_raise_few_false_alarms(months, level, varied):
    """At most 2 % of 500 logs (simulated: below 1 %), also where arrivals vary by 40 %."""
    rng, alarms = np.random.default_rng(3), 0
    for run in range(500):
        means = level * np.exp((0.05 if run % 2 else 0) * np.arange(months))
        means = means * rng.gamma(6, 1 / 6, months) if varied else means
        alarms += count_early(rng.poisson(means).astype(float)) > 0
    assert alarms <= 10


def test_with_days_of_acquisition_and_with_few_periods_nothing_is_asked():
    assert count_early(np.array([900, 100, 100, 100, 100.0])) == 0
    assert count_early(np.array([900, 100, 90, 0, 0, 0, 0.0])) == 0  # nobody comes any more
    assert count_early(np.array([80, 20, 5, 4, 3, 2, 1, 0, 3, 2.0])) >= 1  # one period had none
    data = pd.DataFrame({"who": ["a"], "at": [D(2024, 1, 5)]})
    came = data.rename(columns={"at": "acquired_on"})
    listed = retention.count_cohorts(data, customer="who", time="at", acquired=came)
    assert find_record_start(listed) is None


def test_curves_leave_out_who_came_before_the_record():
    data = pd.DataFrame(
        {"who": ["old", "old", "new"], "at": [D(2023, 12, 5), D(2024, 2, 5), D(2024, 2, 9)]}
    )
    columns = {"customer": "who", "time": "at", "gap_days": 30, "as_of": D(2024, 6, 1)}
    found = retention.durations_from_orders(data, **columns, before_record=D(2024, 1, 1))
    assert (found.customers, found.tally["before_record"]) == (1, 1)
    (said,) = map(str, retention.survival(found).warnings)
    assert said.startswith("1 customer had events before")
