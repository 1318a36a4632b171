"""Days until a customer is called lost: CDNOW (an independent count), brute force, and data that
hold hardly anything."""

import datetime as dt
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import cxlib as cx
from cxlib import retention
from cxlib.errors import CohortError, EmptyDataError, ParameterError
from tests.conftest import ORACLES

D = dt.date
START = D(2024, 1, 1)


def count(rows, **more):
    data = pd.DataFrame(
        [(who, START + dt.timedelta(days=day)) for who, day in rows], columns=["客", "날"]
    )
    return retention.count_gaps(data, customer="客", time="날", **more)


def test_cdnow(shared):
    expected = json.loads((ORACLES / "retention" / "cohort_expected.json").read_text())[
        "inactivity90"
    ]
    columns = {"customer": "customer_id", "time": "date"}
    events = cx.sources.read_events(
        shared / "samples" / "retention" / "cdnow_sample_events.csv", value="amount", **columns
    )
    gaps = retention.count_gaps(events, as_of=D(1998, 7, 1), **columns)
    row = (
        retention.gap_sensitivity(gaps, gap_days=expected["gap_days"])
        .frame.set_index("gap_days")
        .loc[90]
    )
    assert (row["lost"], row["customers"]) == (
        expected["churned"],
        expected["churned"] + expected["censored"],
    )
    for gap in (60, 180):  # the same definition, counted another way
        durations = retention.durations_from_orders(
            events, gap_days=gap, as_of=D(1998, 7, 1), **columns
        )
        found = retention.gap_sensitivity(gaps, gap_days=gap).frame.set_index("gap_days")
        assert found.loc[gap, "lost"] == durations.frame["lost"].sum()


LOGS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300)), min_size=1, max_size=40)


@settings(max_examples=12)
@given(LOGS, st.integers(1, 120))
def test_equals_brute_force(rows, gap):
    end = 310
    as_of = START + dt.timedelta(days=end)
    found = retention.gap_sensitivity(count(rows, as_of=as_of), gap_days=gap, others=()).frame.iloc[
        0
    ]
    lost = back = 0
    for who in {who for who, _ in rows}:
        days = sorted({day for other, day in rows if other == who})
        lost += end - 1 - days[-1] >= gap
        back += sum(b - a > gap for a, b in itertools.pairwise(days))
    assert (found["lost"], found["came_back"], found["silences"]) == (lost, back, lost + back)


@settings(max_examples=12)
@given(LOGS, st.integers(1, 120))
def test_what_became_of_those_called_lost(rows, gap):
    end = 310
    counts = count(rows, as_of=START + dt.timedelta(days=end))
    for row in retention.came_back(counts, gap_days=gap).frame.itertuples():
        day = (row.day.date() - START).days
        before = {
            who: max(d for other, d in rows if other == who and d < day)
            for who, first in rows
            if first < day
        }
        lost = {who for who, last in before.items() if day - 1 - last >= gap}
        assert (row.customers, row.lost) == (len(before), len(lost))
        assert row.came_back == sum(
            any(other == who and d >= day for other, d in rows) for who in lost
        )


def test_looking_back_needs_enough_who_were_called_lost():
    """One was lost on 1 March, 40 on 1 April, of whom 10 came back on day 150."""
    rows = [("first", 0), *((f"c{i}", 40) for i in range(40)), *((f"c{i}", 150) for i in range(10))]
    said = retention.came_back(count(rows, as_of=D(2024, 12, 1)), gap_days=45).summary()
    assert (
        "on 2024-04-01, 41 customers were called lost (45 days without an order); 10 of them, 24.4 "
        "% " in said
    )
    few = retention.came_back(count([("a", 0), ("b", 40)], as_of=D(2024, 12, 1)), gap_days=45)
    assert "on 2024-04-01, 2 customers were called lost" in few.summary()


def test_a_short_gap_is_said():
    gaps = count([("a", 0), ("a", 40), ("a", 80), ("b", 0), ("b", 45)], as_of=D(2024, 12, 1))
    result = retention.gap_sensitivity(gaps, gap_days=30)
    assert result.usual == 45
    assert "9 in 10 are at most 45 days" in str(result.warnings[0])
    assert_array_equal(result.frame["short"], result.frame["gap_days"] < 45)
    assert not retention.gap_sensitivity(gaps, gap_days=60).warnings
    assert (
        "After 60 days without an order, 2 of 2 customers"
        in retention.gap_sensitivity(gaps, gap_days=60).summary()
    )
    assert "With 60 days it would be" in result.summary()  # others than the gap of 30 itself
    ax = result.plot()
    assert len(ax.lines) == 4
    heights = {note.get_text(): note.xy[1] for note in ax.texts}
    assert (heights["came back after all"], heights["called lost"]) == (
        3,
        9,
    )  # both are 0 there: clear of axis and each other
    ax.figure.draw_without_rendering()
    top = ax.transData.transform((0, 100))[1]  # no curve is above
    for words in ("chosen", "9 in 10 gaps are shorter"):
        label = next(note for note in ax.texts if note.get_text() == words)
        assert label.get_window_extent().y0 >= top
        assert label.get_bbox_patch() is not None


def test_open_silences_make_the_share_a_lower_bound():
    """Everybody orders again after 100 days: of silences of 50, those that began 50 to 99 days
    before the end are still open."""
    rows = [(f"c{i}", day) for i in range(200) for day in range(i % 100, 360, 100)]
    result = retention.gap_sensitivity(
        count(rows, as_of=START + dt.timedelta(days=360)), gap_days=50
    )
    row = result.frame.set_index("gap_days").loc[50]
    assert row["came_back"] == sum(day + 100 < 360 for _, day in rows)
    assert row["silences"] - row["came_back"] == sum(260 <= day <= 309 for _, day in rows)
    assert row["back_rate"] < 1
    assert "those still open may yet end, so that is the least it will be" in result.summary()


def test_nobody_came_twice():
    result = retention.gap_sensitivity(count([("a", 0)], as_of=D(2024, 1, 10)), gap_days=30)
    assert np.isnan(result.usual)
    assert result.frame["lost"].tolist() == [0] * 7
    assert result.frame["back_rate"].isna().all()  # no silence lasted so long
    assert not result.warnings
    assert (
        "0 of 1 customers (0.0 % [0.0 %, 79.3 %]) are called lost; no silence has lasted so long"
        in result.summary()
    )
    assert "no silence has lasted so long" in " ".join(result.plot().get_title(loc="left").split())
    nothing = retention.came_back(count([("a", 0)], as_of=D(2024, 1, 10)), gap_days=30)
    assert nothing.key == "retention.no_past_day"
    assert (
        "Nobody was called lost"
        in retention.came_back(
            count([("a", day) for day in range(0, 300, 5)]), gap_days=30
        ).summary()
    )


def test_shards_add_up_and_others_are_refused():
    rows = [("a", 0), ("a", 40), ("b", 3), ("b", 43), ("b", 90)]
    end = {"as_of": D(2024, 12, 1)}
    both = count(rows[:2], **end) + count(rows[2:], **end)
    pd.testing.assert_frame_equal(
        retention.gap_sensitivity(both).frame, retention.gap_sensitivity(count(rows, **end)).frame
    )
    with pytest.raises(CohortError, match="as_of"):
        both + count(rows)
    with pytest.raises(ParameterError, match="0 days"):
        retention.gap_sensitivity(both, gap_days=0)
    with pytest.raises(EmptyDataError, match="before as_of"):
        count(rows, as_of=D(2020, 1, 1))


def test_where_leaving_is_recorded_nothing_hangs_on_a_gap():
    for function in (retention.gap_sensitivity, retention.came_back):
        assert function(None).key == "retention.no_gap"
        with pytest.raises(ParameterError, match="confidence"):
            function(None, confidence=95)
