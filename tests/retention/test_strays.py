"""Rows whose dates cannot be meant: left out and told, so that they move neither the end of the
data nor the first cohort; and whose dates are only early or late: kept."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import retention
from cxlib.errors import EmptyDataError
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.rows.clock import Clock
from cxlib.rows.table import as_table

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}
TODAY = D(2026, 11, 27)
START = D(2024, 1, 10)


def log(days, *strays):
    rows = [(i % 40, START + dt.timedelta(days=day)) for i, day in enumerate(days)]
    rows += [("zz", day) for day in strays]
    return pd.DataFrame([(f"c{who}", at) for who, at in rows], columns=["who", "at"]).assign(paid=1)


def kept(data, **more):
    more = {"clock": Clock(), "today": TODAY, **more}
    return leave_out_strays(as_table(data), time="at", **more)


HALF_YEAR = [2 * i for i in range(80)]  # 80 events from 2024-01-10 to 2024-06-16


@pytest.mark.parametrize(
    ("strays", "tally", "words"),
    [
        (
            [D(2038, 1, 19)],
            {"in_future": 1},
            "1 of 81 events lies later than tomorrow (2038-01-19)",
        ),
        ([D(2099, 12, 31), D(2027, 1, 1)], {"in_future": 2}, "2027-01-01 to 2099-12-31"),
        (
            [D(1970, 1, 1)],
            {"far_away": 1},
            "1 event of 1970-01-01 is left out: it lies 19,732 days",
        ),
        ([D(1900, 1, 1)] * 9, {"far_away": 9}, "9 events of 1900-01-01 are left out"),
        (
            [D(2022, 1, 10)],
            {"far_away": 1},
            "730 days before all others, which begin on 2024-01-10",
        ),
        ([D(2026, 6, 16)], {"far_away": 1}, "730 days after all others, which end on 2024-06-16"),
        ([D(1900, 1, 1), D(1970, 1, 1), D(2038, 1, 19)], {"in_future": 1, "far_away": 2}, "1970"),
    ],
)
@pytest.mark.parametrize("moments", [False, True])
def test_few_rows_far_away_are_told_and_move_nothing(strays, tally, words, moments):
    data = log(HALF_YEAR, *strays)
    if moments:
        data["at"] = pd.to_datetime(data["at"]).dt.tz_localize("UTC").dt.as_unit("us")
    each = kept(data)
    assert each.tally == tally
    assert words in " ".join(map(str, each.warnings))
    cohorts = retention.count_cohorts(data, **COLUMNS, today=TODAY)
    assert (cohorts.first_event, cohorts.as_of) == (START, D(2024, 6, 17))
    assert cohorts.tally["rows"] == len(data)
    assert cohorts.customers == 40
    assert words in " ".join(map(str, retention.triangle(cohorts).warnings))
    assert retention.movements(cohorts).frame["period"].iloc[0] == pd.Timestamp(2024, 1, 1)


def test_every_count_leaves_the_same_rows_out():
    data, told = log(HALF_YEAR, D(2038, 1, 19), D(1970, 1, 1)), {"in_future": 1, "far_away": 1}
    own = retention.count_own_clock(data, **COLUMNS, today=TODAY)
    silent = retention.durations_from_orders(data, **COLUMNS, gap_days=30, today=TODAY)
    for counts in (own, silent, retention.count_cohorts(data, **COLUMNS, today=TODAY)):
        assert {name: counts.tally[name] for name in told} == told
        assert counts.tally["rows"] == 82
        assert len(counts.warnings) == 2
        assert (counts + counts).tally["far_away"] == 2
    revenue = retention.revenue(data, **COLUMNS, value="paid", today=TODAY, resamples=0)
    assert revenue.frame["revenue"].sum() == 80
    gaps, days = (
        count(data, **COLUMNS, today=TODAY)
        for count in (retention.count_gaps, retention.count_days)
    )
    assert (gaps.customers, len(days.events), gaps.as_of) == (40, 159, D(2024, 6, 17))
    for result in (
        revenue,
        retention.survival(silent),
        retention.gap_sensitivity(gaps, gap_days=90),
        retention.loading(days),
        retention.triangle(own, clock="own"),
    ):
        assert sum("left out: it" in str(warning) for warning in result.warnings) == 2
    contract = retention.contract(retention.count_cohorts(data, **COLUMNS, today=TODAY))
    assert "80 of 82 events" in contract.summary()


def test_where_all_lie_later_than_tomorrow_or_the_end_is_given_nothing_is_guessed():
    with pytest.raises(EmptyDataError, match=r"all events lie later than tomorrow .2023-01-02."):
        kept(log(HALF_YEAR), today=D(2023, 1, 1))
    given = kept(log(HALF_YEAR, D(2038, 1, 19)), as_of=D(2024, 7, 1))
    assert (given.tally, given.span[1]) == ({}, D(2024, 6, 16))  # after as_of, as ever


def test_tomorrow_has_begun_elsewhere_and_the_day_after_has_not():
    data = log(HALF_YEAR)
    assert kept(data, today=D(2024, 6, 15)).tally == {}
    assert kept(data, today=D(2024, 6, 14)).tally == {"in_future": 1}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=80),
    st.integers(2, 6),
)
def test_a_log_without_long_silences_is_kept_whole(days, every):
    """Whatever the density: no silence of half a year, or one that many rows lie beyond."""
    dense = [*range(0, 900, 30 * every), *days]
    assert kept(log(dense)).tally == {}
    both = log(HALF_YEAR, *[D(2021, 1, 1) + dt.timedelta(days=i) for i in range(20)])
    assert kept(both).tally == {}
