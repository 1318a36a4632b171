"""Holes in what was loaded: days that are missing inside, and thin or silent ends."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ColumnError, EmptyDataError

D = dt.date
WEEK = np.array([20, 20, 20, 20, 30, 40, 0])  # closed on Sundays


def loading(counts, **more):
    return retention.loading(
        retention.Days(D(2024, 1, 1), np.asarray(counts), pd.Series(dtype="int64"), **more)
    )


def year(seed=1):
    return np.random.default_rng(seed).poisson(np.tile(WEEK, 52))


def test_a_whole_table_has_no_holes_and_a_closed_day_is_none():
    result = loading(year())
    assert result.frame.empty
    assert not result.warnings
    assert "on all but 52 of 364 days" in result.summary()


def test_days_that_were_not_loaded_are_found():
    events = year()
    events[100:102] = 0  # Wednesday and Thursday
    events[200:250] = 0  # weeks on end: what is expected comes from outside the gap
    result = loading(events)
    assert result.frame["what"].tolist() == ["gap", "gap"]
    assert result.frame["first_day"].tolist() == [
        pd.Timestamp(2024, 4, 10),
        pd.Timestamp(2024, 7, 19),
    ]
    assert result.frame["days"].tolist() == [2, 50]
    assert result.frame["expected"].iloc[0] == pytest.approx(40, abs=10)
    assert "2024-04-10 to 2024-04-11 (2 days)" in str(result.warnings[0])


@pytest.mark.parametrize(("end", "what"), [([9, 2, 0], "thin_end"), ([0, 0, 0], "silent_end")])
def test_a_table_that_is_still_being_loaded(end, what):
    first = D(2024, 12, 27)
    events = year()
    events[-3:] = end  # Friday to Sunday
    result = loading(events)
    assert result.frame["what"].tolist() == [what]
    assert result.frame["first_day"].iloc[0] == pd.Timestamp(first)
    assert f"give as_of = {first}" in str(result.warnings[0])


@pytest.mark.parametrize("counts", [[1], [0, 0, 3], [5, 5, 5, 5, 5], [0, 1, 0, 0, 0, 0, 0, 1, 0]])
def test_few_events_tell_nothing(counts):
    assert loading(counts).frame.empty


def test_chance_alone_makes_no_holes():
    """A stated rule of 1e-6 a run; sparse, dense, and with days that differ by more than chance
    (negative binomial, size 5)."""
    rng = np.random.default_rng(2)
    mean, some = np.tile(WEEK, 60) + 1e-9, np.eye(420, dtype=int)[0]
    tables = [rng.poisson(mean * scale) + some for scale in (0.05, 0.2, 1, 10) for _ in range(25)]
    tables += [rng.negative_binomial(5, 5 / (5 + mean)) + some for _ in range(50)]
    found = [len(loading(table).frame) for table in tables]
    assert sum(found[:100]) == 0
    assert sum(found) <= 1


def rows(days, **more):
    return pd.DataFrame({"who": [f"c{i % 7}" for i in range(len(days))], "at": days, **more})


def test_events_are_counted_by_local_day():
    at = pd.to_datetime(
        ["2024-01-31T15:00Z", "2024-01-31T14:59Z", "2024-02-02T00:00Z", None],
        utc=True,
        format="ISO8601",
    )
    days = retention.count_days(rows(at), customer="who", time="at", zone="Asia/Tokyo")
    assert (days.first, days.events.tolist(), days.last_load) == (D(2024, 1, 31), [1, 1, 1], None)
    days = retention.count_days(rows(at), customer="who", time="at", as_of=D(2024, 2, 2))
    assert (days.first, days.events.tolist()) == (D(2024, 1, 31), [2, 0])


def test_late_rows_and_the_last_load():
    days = [D(2024, 1, 1) + dt.timedelta(days=i % 50) for i in range(500)]
    loaded = [day + dt.timedelta(days=10 if i % 10 == 0 else 1) for i, day in enumerate(days)]
    counts = retention.count_days(
        rows(days, put=loaded), customer="who", time="at", loaded="put", as_of=D(2024, 4, 1)
    )
    assert counts.last_load == max(loaded)
    result = retention.loading(counts)
    assert "10.0 % of the rows came more than 3 days after the event" in result.summary()
    assert any(
        "last load was on" in str(warning) and "2024-03-31" in str(warning)
        for warning in result.warnings
    )


def test_bad_input_is_refused():
    with pytest.raises(ColumnError, match="loaded='nowhere'"):
        retention.count_days(rows([D(2024, 1, 1)]), customer="who", time="at", loaded="nowhere")
    with pytest.raises(EmptyDataError, match="before as_of"):
        retention.count_days(rows([D(2024, 1, 1)]), customer="who", time="at", as_of=D(2023, 1, 1))
