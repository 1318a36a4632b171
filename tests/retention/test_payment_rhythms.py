"""Payments in several rhythms: told where a plan is yearly, never where orders come at random."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from cxlib.retention.methods.rhythms import describe_payers, payment_rhythms

D = dt.date


def month(start, k):
    return D(2024 + (start + k) // 12, (start + k) % 12 + 1, 10)


def paid(*plans, months=6):
    """Payments of plans: (customers, months between payments, amount)."""
    rows = [
        (f"{i}-{who}", month(0, k), amount)
        for i, (customers, every, amount) in enumerate(plans)
        for who in range(customers)
        for k in range(0, months, every)
    ]
    return pd.DataFrame(rows, columns=["who", "at", "paid"])


def revenue(data, as_of, **more):
    return retention.revenue(
        data, customer="who", time="at", value="paid", as_of=as_of, resamples=0, **more
    )


@pytest.mark.parametrize(
    ("plans", "months", "said"),
    [
        (
            [(50, 12, 1200), (50, 1, 100)],
            6,
            "50 of 100 paying customers pay about once in 12 months",
        ),
        ([(50, 12, 990), (50, 1, 99)], 40, "counting by year (period = 'year')"),
        ([(20, 3, 300), (80, 1, 100)], 12, "20 of 100 paying customers pay about once in 3 months"),
        ([(30, 6, 55), (70, 1, 10)], 24, "30 of 100 paying customers pay about once in 6 months"),
        ([(40, 12, 500)], 30, "40 of 40 paying customers pay about once in 12 months"),
    ],
)
def test_no_share_is_given_where_many_pay_in_a_longer_rhythm(plans, months, said):
    data = paid(*plans, months=months)
    result = revenue(data, month(0, months))
    assert result.frame["nrr"].isna().all()
    assert said in str(result.warnings[0])
    assert said in result.summary()
    assert result.headline() == result.summary()


def test_the_advice_gives_a_true_share_when_it_is_followed():
    data = paid((50, 12, 1200), (50, 1, 100))
    said = str(revenue(data, D(2024, 7, 1)).warnings[0])
    limit = float(said.split("paid < ")[1].split("'")[0])
    alone = revenue(data[data["paid"] < limit], D(2024, 7, 1))
    assert alone.frame["nrr"].iloc[1:].tolist() == [1.0] * 5
    years = paid((50, 12, 990), (50, 1, 99), months=36)
    assert "(period = 'year')" in str(revenue(years, D(2027, 1, 1)).warnings[0])
    assert revenue(years, D(2027, 1, 1), period="year").frame["nrr"].iloc[1:].tolist() == [1.0] * 2


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_months_are_a_longer_rhythm_by_week_alone(period):
    result = revenue(paid((60, 1, 10), months=12), D(2025, 1, 1), period=period)
    assert bool(result.unsaid) == (period == "week")


@pytest.mark.parametrize("mean", [0.5, 1, 2, 3, 6, 12])
@pytest.mark.parametrize("beside", [None, 0.3])
def test_orders_at_random_times_are_no_plans(mean, beside):
    """Exponential gaps and lognormal amounts, 24 months; `beside`: half buy often."""
    rng, rows = np.random.default_rng(5), {}
    for who in range(800):
        at = rng.uniform(0, 24)
        while at < 24:
            rows[who, int(at)] = rng.lognormal(3, 0.8)
            at += rng.exponential(beside if beside and who % 2 else mean)
    customer, column = np.array(sorted(rows)).T
    value = np.array([rows[key] for key in sorted(rows)])
    people = describe_payers(customer, column, value, period="month")
    found = payment_rhythms(people, period="month")
    assert not found.mixed
    assert found.slow <= 0.08 * found.customers
