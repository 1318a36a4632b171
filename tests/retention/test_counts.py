"""Counting events: brute force, the identities of the accounting, revenue by hand."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cxlib import retention
from cxlib.errors import ParameterError
from cxlib.retention import cohorts
from tests.retention.event_log import COLUMNS, D, count, log


def brute_force(rows, period_of, last):
    """The definitions, customer by customer."""
    active = {}
    for who, day in rows:
        active.setdefault(who, set()).add(period_of(day))
    found = {}
    for periods in active.values():
        start = min(periods)
        for age in range(last - start + 1):
            on = start + age in periods
            values = {
                "on": on,
                "on_or_after": any(p >= start + age for p in periods),
                "rolling": all(start + k in periods for k in range(age + 1)),
                "returned_by": any(start < p <= start + age for p in periods),
            }
            for kind, value in values.items():
                found[kind, start, age] = found.get((kind, start, age), 0) + value
    return found


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1200)), min_size=1, max_size=40),
    st.sampled_from(["week", "month", "year"]),
)
def test_equals_brute_force_also_beyond_63_periods(rows, period):
    rows = [(who, D(2020, 1, 1) + dt.timedelta(days=days)) for who, days in rows]
    cohorts = count(log(*rows), period=period)
    expected = brute_force(rows, cohorts.clock.index, cohorts.last)
    for kind in ("on", "on_or_after", "rolling", "returned_by"):
        frame = retention.triangle(cohorts, kind=kind).frame
        starts = [cohorts.clock.index(day.date()) for day in frame["cohort"]]
        assert {
            (kind, s, a): r for s, a, r in zip(starts, frame["age"], frame["retained"], strict=True)
        } == {key: value for key, value in expected.items() if key[0] == kind}


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 500)), min_size=1, max_size=50))
def test_the_identities_of_the_accounting_hold(rows):
    frame = retention.movements(
        count(log(*[(who, D(2024, 1, 1) + dt.timedelta(days=days)) for who, days in rows]))
    ).frame
    assert_array_equal(frame["active"], frame["new"] + frame["retained"] + frame["resurrected"])
    assert_array_equal(
        frame["active"][:-1], frame["retained"][1:].to_numpy() + frame["dormant"][1:].to_numpy()
    )
    assert_array_equal(frame["new"], frame["acquired"])  # without an acquisition table


def test_seven_years_of_weeks_take_more_than_one_bitmap_and_count_the_same():
    days = [D(2017, 1, 2) + dt.timedelta(weeks=week) for week in range(0, 364, 7)]
    cohorts = count(
        log(*[("a", day) for day in days], ("b", days[-1])),
        period="week",
        as_of=days[-1] + dt.timedelta(weeks=1),
    )
    assert cohorts.active.shape[1] == 358
    [row] = cohorts.active[cohorts.groups["cohort"] == cohorts.first]
    assert np.flatnonzero(row).tolist() == list(range(0, 364, 7))


def test_revenue_by_hand():
    data = log(
        ("a", D(2024, 1, 5)),
        ("b", D(2024, 1, 6)),
        ("a", D(2024, 2, 5)),
        ("c", D(2024, 2, 6)),
        ("a", D(2024, 4, 1)),
        paid=[100, 50, 120, 30, 5],
    )
    frame = retention.revenue(
        data, **COLUMNS, value="paid", as_of=D(2024, 4, 15), resamples=50
    ).frame
    assert frame["revenue"].tolist() == [150, 150, 0, 5]
    assert frame["nrr"].tolist()[1:3] == [120 / 150, 0.0]
    assert frame["grr"].tolist()[1:3] == [100 / 150, 0.0]
    assert (
        frame.loc[[0, 3], ["nrr", "grr", "nrr_low", "grr_high"]].isna().all(axis=None)
    )  # first; unfinished
    assert (
        frame.loc[1, ["nrr_low", "grr_high"]].isna().all()
    )  # of two customers 14 % of the samples hold neither


def test_the_average_never_rises_because_cohorts_drop_out():
    data = [(f"{month}{n}", D(2024, month, 1)) for month in (1, 2, 3, 4) for n in range(10)]
    data += [
        (f"1{n}", D(2024, month, 2)) for month in (2, 3, 4) for n in range(9)
    ]  # only the oldest cohort comes back
    cohorts = count(log(*data), as_of=D(2024, 5, 1))
    fixed = retention.average(retention.triangle(cohorts, kind="on_or_after")).frame
    assert fixed["cohorts"].nunique() == 1
    assert (fixed["rate"].diff().dropna() <= 0).all()
    with pytest.raises(ParameterError, match="oldest finished age is 3"):
        retention.average(retention.triangle(cohorts), through=9)
    young = retention.average(retention.triangle(count(log(("a", D(2024, 1, 5))))))
    assert "cannot be known yet" in young.summary()


def test_the_engines_settings_are_left_as_they_were():
    """DuckDB writes its limit of memory with one decimal, cut: setting what it says again and again
    would lower it."""
    connection = ibis.duckdb.connect(memory_limit="1.29GiB")
    connection.con.execute("CREATE TABLE log AS SELECT 'a' AS who, DATE '2024-01-05' AS at")
    settings = "SELECT current_setting('memory_limit'), current_setting('allocator_bulk_deallocation_flush_threshold')"  # noqa: E501
    usual = connection.con.execute(settings).fetchall()
    for _ in range(20):
        assert count(connection.table("log")).customers == 1
    assert connection.con.execute(settings).fetchall() == usual
    connection.con.execute("SET lock_configuration = true")
    assert count(connection.table("log")).customers == 1


@pytest.mark.parametrize("by", [(), "kind"])
@pytest.mark.parametrize("kind", ["on", "on_or_after", "rolling", "returned_by"])
def test_counts_are_looked_at_in_parts_as_they_are_whole(by, kind, monkeypatch):
    rng = np.random.default_rng(4)
    n = 3000
    data = pd.DataFrame(
        {
            "who": rng.integers(0, 700, n),
            "at": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D"),
            "kind": rng.choice(["x", "y"], n),
        }
    )
    counted = retention.count_cohorts(data, customer="who", time="at", by=by)
    clock = retention.count_own_clock(data, customer="who", time="at", by=by)

    def all_of_it():
        return [
            retention.triangle(counted, kind=kind).frame,
            retention.triangle(clock, kind=kind, clock="own").frame,
            retention.movements(counted).frame,
            retention.smile(counted).frame,
            retention.smile(clock).frame,
            retention.durations_from_cohorts(counted).frame,
        ]

    whole = all_of_it()
    monkeypatch.setattr(cohorts, "PART", 20)
    for one, other in zip(whole, all_of_it(), strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)
