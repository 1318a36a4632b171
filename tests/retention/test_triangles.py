"""Triangles: brackets by hand and by brute force, the fixed average, many cohorts, hardly any.
CDNOW is in test_cdnow.py."""

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import retention
from cxlib.errors import ColumnError, ParameterError
from cxlib.shown.result import Absent

D = dt.date
START = D(2022, 1, 3)  # a Monday


def count(*rows, **more):
    data = pd.DataFrame(list(rows), columns=["顧客", "日"])
    return retention.count_cohorts(data, customer="顧客", time="日", **more)


def brackets(counts, *pairs, clock="calendar"):
    return retention.triangle(counts, kind="bracket", brackets=pairs, clock=clock)


def test_brackets_by_hand():
    counts = count(
        ("가", D(2024, 1, 5)),
        ("가", D(2024, 3, 5)),
        ("나", D(2024, 1, 6)),
        ("다", D(2024, 4, 1)),
        as_of=D(2024, 5, 15),
    )
    frame = brackets(counts, (0, 0), (1, 2), (3, 4)).frame
    got = frame[["cohort", "age", "until", "size", "retained", "complete"]].to_numpy().tolist()
    january, april = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 4, 1)
    assert got == [
        [january, 0, 0, 2, 2, True],
        [january, 1, 2, 2, 1, True],
        [january, 3, 4, 2, 0, False],
        [april, 0, 0, 1, 1, True],
        [april, 1, 2, 1, 0, False],
    ]
    assert frame["rate"].isna().tolist() == [False, False, True, False, True]
    result = brackets(counts, (1, 2))
    assert "at least once in months 1–2" in retention.average(result).headline()
    assert "50.0 %" in retention.average(result).summary()
    assert "a span is finished when all its months are" in result.definition()


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300)), min_size=1, max_size=40),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_brackets_equal_brute_force(rows, first, more):
    days = [(who, START + dt.timedelta(days=day)) for who, day in rows]
    counts = count(*days, as_of=D(2022, 11, 30))
    active = {}
    for who, day in days:
        active.setdefault(who, set()).add(counts.clock.index(day))
    expected = {}
    for periods in active.values():
        start = min(periods)
        if start + first <= counts.last:
            size, n = expected.get(start, (0, 0))
            expected[start] = (
                size + 1,
                n + any(start + first <= period <= start + first + more for period in periods),
            )
    if not expected:
        nothing = brackets(counts, (first, first + more))
        assert isinstance(nothing, Absent)
        assert "no customer has come as far" in nothing.summary()
        return
    frame = brackets(counts, (first, first + more)).frame
    assert {
        counts.clock.index(row.cohort.date()): (row.size_, row.retained)
        for row in frame.rename(columns={"size": "size_"}).itertuples()
    } == expected
    over = frame["cohort"].map(
        lambda day: counts.clock.index(day.date()) + first + more < counts.last
    )
    assert (frame["complete"] == over).all()  # November is not over on its 30th


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 400)), min_size=1, max_size=80))
def test_the_average_over_fixed_cohorts_moves_one_way(rows):
    """The complaint: an average over whatever cells are finished can rise with age under "on or
    after"."""
    counts = count(
        *[(who, START + dt.timedelta(days=day)) for who, day in rows], as_of=D(2023, 3, 1)
    )
    for kind, sign in (("on_or_after", -1), ("rolling", -1), ("returned_by", 1)):
        result = retention.triangle(counts, kind=kind)
        fixed = retention.average(result).frame
        steps = (
            fixed["rate"].diff().dropna()
            if kind != "returned_by"
            else fixed["rate"][1:].diff().dropna()
        )
        assert (sign * steps >= 0).all()
        assert fixed["cohorts"].nunique() == 1
        chosen = result.frame[result.frame["complete"] & (result.frame["age"] == 0)]
        assert fixed["size"].iloc[0] <= chosen["size"].sum()


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (None, "needs them"),
        ([], "needs them"),
        ([(3, 1)], r"\(3, 1\) is no bracket"),
        ([(1, 3), (3, 5)], r"\(3, 5\) is no bracket"),
        ([(-1, 2)], "is no bracket"),
        ([(1, 2, 3)], "is no bracket"),
        ([(0.5, 1)], "is no bracket"),
    ],
)
def test_bad_brackets_are_refused(pairs, words):
    with pytest.raises(ParameterError, match=words):
        retention.triangle(count(("a", START)), kind="bracket", brackets=pairs)


def test_brackets_without_their_kind_are_refused():
    with pytest.raises(ParameterError, match="kind='bracket' only"):
        retention.triangle(count(("a", START)), brackets=[(1, 2)])


@pytest.fixture(scope="module")
def weeks():
    """200 weekly cohorts of 3 to 7 customers."""
    rng = np.random.default_rng(7)
    rows = [
        (f"{week}-{i}", START + dt.timedelta(days=7 * (week + int(later))))
        for week in range(200)
        for i in range(3 + week % 5)
        for later in np.flatnonzero(np.r_[True, rng.random(199 - week) < 0.2])
    ]
    return count(*rows, period="week", as_of=START + dt.timedelta(days=7 * 200 - 2))


def test_two_hundred_weekly_cohorts(weeks):
    result = retention.triangle(weeks)
    assert len(result.frame) == 200 * 201 // 2
    assert (~result.frame["complete"]).sum() == 200
    ax = result.plot()
    ax.figure.canvas.draw()
    labels = [label.get_window_extent() for label in ax.get_yticklabels()]
    ages = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert all(
        above.y0 >= below.y1 - 1 for above, below in itertools.pairwise(labels)
    )  # no label lies on another
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(ages))
    assert not [
        each for each in ax.texts if each.get_gid() != "subtitle"
    ]  # no numbers in cells too small for them
    assert ax.figure.get_size_inches().max() <= 14
    assert ax.get_yticklabels()[0].get_text() == "2022-01-03  n = 3"
    assert any("fewer than 30 customers" in str(warning) for warning in result.warnings)


def test_a_few_cohorts_say_their_rates():
    counts = count(
        ("a", D(2024, 1, 5)), ("b", D(2024, 1, 5)), ("a", D(2024, 2, 5)), as_of=D(2024, 3, 15)
    )
    ax = retention.triangle(counts).plot()
    assert [each.get_text() for each in ax.texts if each.get_gid() != "subtitle"] == ["100", "50"]
    assert [
        label.get_text() for label in brackets(counts, (0, 0), (1, 2)).plot().get_xticklabels()
    ] == ["0", "1–2"]


def test_one_customer_in_an_unfinished_period_is_drawn_and_said():
    result = retention.triangle(count(("客", D(2024, 1, 5))))
    assert result.frame["rate"].isna().all()
    assert "and 1 are not" in result.summary()
    assert "No month after the first has ended yet" in result.plot().get_title(loc="left")
    nothing = retention.average(result)
    assert isinstance(nothing, Absent)
    assert "not one window or span is over" in nothing.summary()


def test_the_own_clock_hatches_cells_that_are_part_of_a_cohort():
    data = pd.DataFrame({"who": [1, 2], "day": [D(2024, 1, 1), D(2024, 1, 31)]})
    counts = retention.count_own_clock(data, customer="who", time="day", as_of=D(2024, 3, 1))
    result = retention.triangle(counts, clock="own")
    assert result.frame["complete"].tolist() == [True, False]
    assert_allclose(result.frame["rate"], [1.0, 0.0])
    ax = result.plot()
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    [said] = [each.get_text() for each in ax.texts if each.get_gid() == "subtitle"]
    assert "Hatched: not all" in " ".join(said.split())
    assert "Blank" not in said  # both ages of the one cohort are there
    assert [patch.get_xy() for patch in hatched] == [(1, 0)]
    assert "in 1 that of some" in result.summary()


def test_without_counts_there_is_no_triangle_and_no_average():
    for counts in (None, Absent.of("retention.no_events", retention.Triangle)):
        cells = retention.triangle(counts)
        assert "the events, one row each" in cells.summary()
        assert retention.average(cells).key == "retention.no_events"
        assert repr(retention.by_cohort(cells)) == cells.title()
    with pytest.raises(ColumnError, match="did you mean 'cohorts'"):
        retention.average(cells).table(["cohortz"])
    with pytest.raises(ParameterError, match="kind='onn'"):
        retention.triangle(None, kind="onn")
    with pytest.raises(ParameterError, match="confidence"):
        retention.average(cells, confidence=95)


def test_cohorts_are_shown_by_age():
    counts = count(("a", D(2024, 1, 5)), ("a", D(2024, 2, 5)), as_of=D(2024, 3, 1))
    shown = retention.by_cohort(retention.triangle(counts), [0, 1]).written()
    assert shown.columns.tolist() == ["came in the period from", "customers", "0", "1"]
    assert shown.to_numpy().tolist() == [["2024-01-01", "1", "100.0 %", "100.0 %"]]
    spans = retention.by_cohort(brackets(counts, (0, 1))).written()
    assert spans.columns.tolist()[2:] == ["0–1"]


def test_a_column_named_like_ours_keeps_its_name():
    data = pd.DataFrame({"who": ["a", "b"], "day": [START] * 2, "cohort": ["x", "y"]})
    counts = retention.count_cohorts(
        data, customer="who", time="day", by="cohort", as_of=D(2022, 3, 1)
    )
    result = retention.triangle(counts)
    assert {"by_cohort", "cohort"} <= set(result.frame)
    headings = result.table().written().columns
    assert headings[:2].tolist() == ["cohort", "came in the period from"]
    assert retention.by_cohort(result).written().columns[0] == "cohort"
