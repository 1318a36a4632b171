"""Events fall into the local calendar's periods, and only an ended period has a rate."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from tests.retention.event_log import D, cells, count, log


@pytest.mark.parametrize(
    ("zone", "cohort"),
    [("UTC", "2024-01-01"), ("Asia/Tokyo", "2024-02-01"), ("America/New_York", "2024-01-01")],
)
def test_wall_time_decides_the_month(zone, cohort):
    assert next(iter(cells(count(log(("a", "2024-01-31T23:30Z")), zone=zone))))[0] == cohort


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
def test_dates_are_never_shifted(zone):
    cohorts = count(log(("a", D(2024, 1, 31)), ("a", D(2024, 2, 1))), zone=zone)
    assert cells(cohorts) == {("2024-01-01", 0): 1, ("2024-01-01", 1): 1}
    assert cohorts.as_of == D(2024, 2, 2)


def test_clock_changes_keep_their_month():
    # New York: 2024-11-03 01:30 happens twice; 2024-04-01 00:30 local is 04:30 UTC in summer time
    data = log(
        ("a", "2024-11-03T05:30Z"),
        ("a", "2024-11-03T06:30Z"),
        ("b", "2024-04-01T04:30Z"),
        ("c", "2024-04-01T03:30Z"),
    )
    cohorts = count(data, zone="America/New_York")
    sizes = retention.triangle(cohorts).frame.query("age == 0").set_index("cohort")["size"]
    assert {f"{day:%Y-%m}": n for day, n in sizes.items()} == {
        "2024-03": 1,
        "2024-04": 1,
        "2024-11": 1,
    }


def test_midnight_belongs_to_the_new_day_in_tokyo_and_new_york():
    data = log(("t", "2024-02-29T15:00Z"), ("t", "2024-02-29T14:59:59Z"))
    assert cells(count(data, zone="Asia/Tokyo")) == {("2024-02-01", 0): 1, ("2024-02-01", 1): 1}
    data = log(("n", "2024-03-01T05:00Z"), ("n", "2024-03-01T04:59:59Z"))
    assert cells(count(data, zone="America/New_York")) == {
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 1,
    }


def test_weeks_start_on_monday_and_never_collide_in_week_53():
    data = log(
        ("a", D(2020, 12, 31)), ("a", D(2021, 1, 3)), ("a", D(2021, 1, 4)), ("b", D(2021, 12, 31))
    )
    counted = cells(count(data, period="week", as_of=D(2022, 1, 3)))
    assert counted["2020-12-28", 0] == 1
    assert counted["2020-12-28", 1] == 1
    assert counted["2021-12-27", 0] == 1
    sunday = count(log(("a", D(2021, 1, 3))), period="week", week_start="sunday")
    assert next(iter(cells(sunday)))[0] == "2021-01-03"


def test_month_ends_and_leap_day():
    data = log(
        ("a", D(2024, 1, 31)), ("a", D(2024, 2, 29)), ("b", D(2024, 2, 29)), ("b", D(2024, 3, 31))
    )
    assert cells(count(data, as_of=D(2024, 4, 1))) == {
        ("2024-01-01", 0): 1,
        ("2024-01-01", 1): 1,
        ("2024-01-01", 2): 0,
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 1,
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "America/Sao_Paulo"])
def test_as_of_is_the_local_midnight(zone):
    midnight = (
        dt.datetime(2018, 11, 4, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)
    )  # none in Sao Paulo
    moment = dt.timedelta(microseconds=1)
    data = log(
        ("a", dt.datetime(2018, 10, 9)),
        ("a", midnight - moment),
        ("b", midnight),
        ("b", midnight + moment),
    )
    cohorts = count(data, zone=zone, as_of=D(2018, 11, 4))
    assert (cohorts.customers, cohorts.tally["after_as_of"], cohorts.last_event) == (
        1,
        2,
        D(2018, 11, 3),
    )


def test_unfinished_periods_have_no_rate_and_unobserved_cells_are_absent():
    cohorts = count(
        log(("a", D(2024, 1, 5)), ("a", D(2024, 3, 2)), ("b", D(2024, 2, 5))), as_of=D(2024, 3, 15)
    )
    frame = retention.triangle(cohorts).frame.set_index(["cohort", "age"])
    assert len(frame) == 5
    assert frame.loc[(pd.Timestamp(2024, 1, 1), 2), "retained"] == 1  # so far
    assert not frame.loc[(pd.Timestamp(2024, 1, 1), 2), "complete"]
    assert np.isnan(frame.loc[(pd.Timestamp(2024, 1, 1), 2), "rate"])
    assert (
        retention.triangle(count(log(("a", D(2024, 3, 31))), as_of=D(2024, 4, 1)))
        .frame["complete"]
        .all()
    )


def test_without_as_of_the_last_period_is_unfinished_unless_it_ended():
    result = retention.triangle(count(log(("a", D(2024, 1, 5)), ("a", D(2024, 2, 28)))))
    assert result.frame["complete"].tolist() == [True, False]
    assert "taken as unfinished unless it ended before" in str(result.warnings[0])
    assert (
        retention.triangle(count(log(("a", D(2024, 1, 5)), ("a", D(2024, 2, 29)))))
        .frame["complete"]
        .all()
    )
