"""Odd times: nanoseconds, marks for never, columns without any, events of nobody."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}
EVERY = [
    retention.count_cohorts,
    retention.count_gaps,
    retention.count_days,
    retention.count_own_clock,
]


def log(*rows, **more):
    return pd.DataFrame(rows, columns=["who", "at"]).assign(**more)


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_nanoseconds_are_cut_and_not_rounded_into_the_next_day(zone):
    midnight = dt.datetime(2024, 2, 1, tzinfo=ZoneInfo(zone or "UTC"))
    moments = [int(midnight.timestamp()) * 10**9 + nanoseconds for nanoseconds in (-1, -400, 0)] + [
        -1
    ]  # the end of 1969
    data = pa.table(
        {"who": list("abcd"), "at": pa.array(moments, pa.int64()).cast(pa.timestamp("ns", zone))}
    )
    cohorts = retention.count_cohorts(data, **COLUMNS, zone=zone or "UTC", as_of=D(2024, 2, 1))
    assert (cohorts.customers, cohorts.tally["after_as_of"], cohorts.last_event) == (
        3,
        1,
        D(2024, 1, 31),
    )
    assert cohorts.first_event == (D(1970, 1, 1) if zone == "Asia/Tokyo" else D(1969, 12, 31))


@pytest.mark.parametrize(
    "call", [*EVERY, lambda data, **columns: retention.revenue(data, **columns, value="paid")]
)
@pytest.mark.parametrize(
    "wrong",
    [
        "DATE '0044-03-15 (BC)'",
        "DATE '0001-01-01'",
        "DATE '9999-12-31'",
        "DATE 'infinity'",
        "TIMESTAMP '12000-01-01'",
        "TIMESTAMP '-infinity'",
    ],
)
def test_dates_that_no_event_has_are_refused(call, wrong):
    data = duckdb.sql(
        f"SELECT 'a' AS who, {wrong} AS \"at\", 1 AS paid UNION ALL SELECT 'b', DATE '2024-01-05', "
        "1"
    )
    with pytest.raises(
        ColumnError,
        match=r"time='at' runs from .*(BC|0001|9999|12000|infinity).* no event has such a date",
    ):
        call(ibis.memtable(data.to_arrow_table()), **COLUMNS)


@pytest.mark.parametrize("call", EVERY)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_a_date_for_never_is_left_out_after_as_of(call, zone):
    data = log(("a", dt.datetime(2024, 1, 5)), ("b", dt.datetime(2024, 1, 9)))
    never = log(
        ("a", dt.datetime(2024, 1, 5)),
        ("b", dt.datetime(2024, 1, 9)),
        ("b", dt.datetime(9999, 12, 31, 23)),
    )
    found, expected = (
        call(rows, **COLUMNS, zone=zone, as_of=D(2024, 3, 1)) for rows in (never, data)
    )
    for name in ("active", "events"):
        assert_array_equal(getattr(found, name, None), getattr(expected, name, None))
    assert getattr(found, "tally", {}).get("after_as_of", 1) == 1
    with pytest.raises(ParameterError, match=r"as_of=.* is not a date"):
        call(data, **COLUMNS, zone=zone, as_of=dt.datetime(2024, 3, 1, 12))


def test_a_table_of_quarter_hours_does_not_grow_without_bounds():
    with pytest.raises(ParameterError, match="more than 300 years"):
        retention.count_cohorts(
            log(("a", dt.datetime(1624, 1, 5)), ("b", dt.datetime(2024, 1, 5))),
            **COLUMNS,
            zone="Asia/Tokyo",
            period="year",
        )


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_columns_of_times_without_any(zone):
    nothing = pd.Series([None, None], dtype="datetime64[us]")
    data = log(("a", D(2024, 1, 5)), ("b", D(2024, 2, 5))).assign(empty=nothing)
    for call in EVERY:
        with pytest.raises(EmptyDataError, match="time='empty' has no value"):
            call(data, customer="who", time="empty", zone=zone)
    days = retention.count_days(data, **COLUMNS, zone=zone, loaded="empty")
    assert (days.events.sum(), days.last_load) == (2, None)
    acquired = pd.DataFrame({"who": ["a", "b"], "acquired_on": nothing})
    with pytest.raises(
        CohortError, match="none of the events belongs to a customer with an acquisition date"
    ):
        retention.count_cohorts(data, **COLUMNS, zone=zone, acquired=acquired)


def test_the_data_end_with_the_last_event_also_one_without_a_customer():
    data = log(("a", D(2024, 1, 5)), ("b", D(2024, 2, 5)), (None, D(2024, 3, 9)), paid=[1, 1, 1])
    assert [
        call(data, **COLUMNS).as_of for call in (retention.count_cohorts, retention.count_own_clock)
    ] == [D(2024, 3, 10)] * 2
    assert retention.count_gaps(data, **COLUMNS).as_of == D(2024, 3, 10)
    frame = retention.revenue(data, **COLUMNS, value="paid", resamples=0).frame
    assert frame["complete"].tolist() == [True, True, False]  # January, February, March
