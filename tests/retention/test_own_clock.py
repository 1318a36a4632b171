"""Each customer's own clock: windows by hand, brute force, what is left out. CDNOW is in
test_cdnow.py."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError

D = dt.date
START = D(2024, 1, 1)


def log(*rows):
    who, at = zip(*rows, strict=True)
    at = (
        list(at)
        if isinstance(at[0], dt.date)
        else pd.to_datetime(list(at), utc=True, format="ISO8601")
    )
    return pd.DataFrame({"who": list(who), "at": at})


def count(data, **more):
    return retention.count_own_clock(data, customer="who", time="at", **more)


def cells(counts, kind="on"):
    frame = (
        retention.triangle(counts, clock="own", kind=kind)
        .frame.groupby("age")[["size", "retained"]]
        .sum()
    )
    return {age: (row["size"], row["retained"]) for age, row in frame.iterrows()}


def test_windows_by_hand():
    data = log(
        ("a", D(2024, 1, 31)), ("a", D(2024, 2, 29)), ("a", D(2024, 3, 1)), ("b", D(2024, 3, 1))
    )
    counts = count(data, days=30, as_of=D(2024, 3, 31))  # 2024-01-31 + 30 days is 2024-03-01
    assert cells(counts) == {
        0: (2, 2),
        1: (1, 1),
    }  # b has lived through one window of exactly 30 days, a through two
    assert cells(count(data, days=30, as_of=D(2024, 3, 30))) == {0: (1, 1)}
    result = retention.triangle(
        count(data, days=30, period="year", as_of=D(2024, 3, 31)), clock="own"
    )
    assert result.frame[["age", "size", "complete"]].to_numpy().tolist() == [
        [0, 2, True],
        [1, 1, False],
    ]
    assert result.frame["rate"].tolist() == [1.0, 1.0]
    assert "No window of 30 days after the first" in retention.average(result).headline()
    assert "whose window has passed in full" in result.definition()


def test_a_session_over_midnight_is_no_return_but_the_same_hour_next_day_is():
    data = log(
        ("a", "2024-03-01T23:45Z"),
        ("a", "2024-03-02T00:01Z"),
        ("b", "2024-03-01T23:45Z"),
        ("b", "2024-03-02T23:45Z"),
    )
    counts = count(data, days=1, as_of=D(2024, 3, 4))
    assert cells(counts)[1] == (2, 1)
    assert cells(counts, "rolling")[1] == (2, 1)


def test_as_of_is_midnight_on_the_wall_clock():
    data = log(("a", "2024-03-01T15:00Z"))  # midnight of 2 March in Tokyo
    assert cells(count(data, days=1, zone="Asia/Tokyo", as_of=D(2024, 3, 3))) == {0: (1, 1)}
    early = retention.triangle(count(data, days=1, zone="UTC", as_of=D(2024, 3, 2)), clock="own")
    assert "no customer has come as far" in early.summary()


def test_with_an_acquisition_table():
    acquired = pd.DataFrame(
        {
            "who": ["a", "silent", "later", "old"],
            "층": ["가", "가", None, "나"],
            "acquired_on": [D(2024, 1, 1), D(2024, 1, 1), D(2025, 1, 1), D(2010, 1, 1)],
        }
    )
    data = log(
        ("a", D(2023, 12, 31)),
        ("a", D(2024, 1, 31)),
        ("x", D(2024, 1, 31)),
        (None, D(2024, 1, 3)),
        ("old", D(2024, 1, 9)),
        ("a", D(2024, 5, 1)),
    )
    counts = count(data, days=30, acquired=acquired, as_of=D(2024, 3, 1), by="층")
    assert counts.customers == 3  # the one who came later is not there yet
    assert dict(counts.tally) == {
        "rows": 6,
        "missing_customer": 1,
        "missing_time": 0,
        "after_as_of": 1,
        "before_acquisition": 1,
        "no_acquisition": 1,
        "no_acquisition_rows": 1,
    }
    frame = retention.triangle(counts, clock="own").frame.set_index(["층", "age"])
    assert frame.loc[("가", 1), ["size", "retained"]].tolist() == [2, 1]
    window = (D(2024, 1, 9) - D(2010, 1, 1)).days // 30  # far beyond 63 windows
    passed = (D(2024, 3, 1) - D(2010, 1, 1)).days // 30
    assert frame.loc["나", "retained"].to_dict() == {k: int(k == window) for k in range(passed)}


def brute_force(rows, days, end):
    found = {}
    for who in {who for who, _ in rows}:
        mine = [day for other, day in rows if other == who]
        first = min(mine)
        hit = {(day - first) // days for day in mine}
        for k in range((end - first) // days):
            for kind, value in {
                "on": k in hit,
                "on_or_after": max(hit) >= k,
                "rolling": set(range(k + 1)) <= hit,
                "returned_by": any(0 < j <= k for j in hit),
            }.items():
                size, n = found.get((kind, k), (0, 0))
                found[kind, k] = size + 1, n + value
    return found


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400)), min_size=1, max_size=30),
    st.sampled_from([1, 5, 30]),
)
def test_equals_brute_force_also_beyond_63_windows(rows, days):
    end = 431
    counts = count(
        log(*[(who, START + dt.timedelta(days=day)) for who, day in rows]),
        days=days,
        as_of=START + dt.timedelta(days=end),
    )
    expected = brute_force(rows, days, end)
    for kind in ("on", "on_or_after", "rolling", "returned_by"):
        assert cells(counts, kind) == {
            k: value for (name, k), value in expected.items() if name == kind
        }


@pytest.mark.parametrize("year", [2024, 2043])
@pytest.mark.parametrize("listed", [False, True])
def test_fractions_of_a_second_and_moments_after_2038(year, listed):
    start = dt.datetime(year, 1, 5, 10, 0, 0, 751373)
    after = [
        dt.timedelta(),
        dt.timedelta(days=30),
        dt.timedelta(days=3),
        dt.timedelta(days=33, microseconds=-1),
    ]
    events = pd.DataFrame({"who": ["a", "a", "b", "b"], "at": [start + wait for wait in after]})
    acquired = (
        events.drop_duplicates("who").rename(columns={"at": "acquired_on"}) if listed else None
    )
    result = retention.count_own_clock(
        events, customer="who", time="at", days=30, acquired=acquired, today=D(2044, 1, 1)
    )
    assert dict(zip(result.active[:, 1].tolist(), result.groups["customers"], strict=True)) == {
        True: 1,
        False: 1,
    }


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 200)), min_size=2, max_size=30))
def test_shards_add_up(rows):
    rows = [(0, 0), (1, 100), *rows]
    days = [(who, START + dt.timedelta(days=day)) for who, day in rows]
    parts = [
        count(log(*[row for row in days if row[0] % 2 == shard]), days=7, as_of=D(2024, 9, 1))
        for shard in (0, 1)
    ]
    whole, added = count(log(*days), days=7, as_of=D(2024, 9, 1)), parts[0] + parts[1]
    assert dict(added.tally) == dict(whole.tally)
    pd.testing.assert_frame_equal(
        retention.triangle(added, clock="own").frame, retention.triangle(whole, clock="own").frame
    )


def test_the_average_is_over_cohorts_that_have_come_as_far():
    rows = [(f"{n}", START + dt.timedelta(days=n)) for n in range(60)]
    rows += [(f"{n}", START + dt.timedelta(days=n + 30)) for n in range(40)]
    result = retention.triangle(count(log(*rows), days=30, as_of=D(2024, 4, 1)), clock="own")
    fixed = retention.average(result, through=1)
    assert fixed.frame["cohorts"].tolist() == [1, 1]
    assert fixed.frame["rate"].tolist() == [1.0, 1.0]
    assert np.isfinite(result.frame["rate"]).all()
    assert (
        len(retention.by_cohort(result, [0, 1]).frame) == 2
    )  # sizes differ by age; a cohort is still one row


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"days": 0}, ParameterError, "days=0"),
        ({"days": 1.5}, ParameterError, "whole number"),
        ({"days": 1, "as_of": D(2924, 1, 1)}, ParameterError, "choose longer windows"),
        ({"zone": "Asia/Tokio"}, ParameterError, "Asia/Tokyo"),
        ({"by": "segment"}, ColumnError, "segment"),
        ({"as_of": D(2020, 1, 1)}, EmptyDataError, "before as_of"),
        (
            {"acquired": pd.DataFrame({"who": ["z"], "acquired_on": [START]})},
            CohortError,
            "none of the events",
        ),
    ],
)
def test_bad_parameters_are_refused(change, error, words):
    with pytest.raises(error, match=words):
        count(log(("a", START)), **change)


def test_counts_on_the_other_clock_are_refused():
    own = count(log(("a", START)), as_of=D(2024, 6, 1))
    calendar = retention.count_cohorts(
        log(("a", START)), customer="who", time="at", as_of=D(2024, 6, 1)
    )
    with pytest.raises(ParameterError, match=r"count with count_own_clock\(events, days=30"):
        retention.triangle(calendar, clock="own")
    with pytest.raises(ParameterError, match="count with count_cohorts"):
        retention.triangle(own)
    with pytest.raises(ParameterError, match="clock"):
        retention.triangle(own, clock="lunar")
    with pytest.raises(CohortError, match="days"):
        own + count(log(("a", START)), days=7, as_of=D(2024, 6, 1))
