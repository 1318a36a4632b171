"""Times and outcomes counted, and the first silence of cohorts: by hand and by brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import retention
from cxlib.errors import CohortError, EmptyDataError, ParameterError, WeightError
from cxlib.rows.clock import Clock
from cxlib.rows.periods import natural_order


def counts(rows, **more):
    return retention.count_durations(pd.DataFrame(rows), duration="t", event="e", **more)


def test_missing_durations_are_counted():
    result = retention.count_durations(
        pd.DataFrame({"t": [1, None, 2], "e": [1, 1, None]}), duration="t", event="e"
    )
    assert result.customers == 1
    assert "2 of 3 rows" in str(retention.survival(result).warnings[0])


def cohorts_of(*patterns):
    rows = [
        (f"c{k}", f"2024-{month:02d}-15") for k, pattern in enumerate(patterns) for month in pattern
    ]
    data = pd.DataFrame(rows, columns=["who", "at"]).assign(
        at=lambda rows: pd.to_datetime(rows["at"])
    )
    return retention.count_cohorts(
        data, customer="who", time="at", as_of=pd.Timestamp(2024, 8, 15).date()
    )


def test_silent_customers_of_cohorts_by_hand():
    """Finished: January to July. With a gap of 2, June is the last month that can begin a silence.

    Who came back (in June, and in May) was lost all the same.
    """
    cohorts = cohorts_of([1, 2], [1, 3, 6], [2, 5], [4, 6], [6, 7], [7], [3])
    frame = retention.durations_from_cohorts(cohorts, gap=2).frame
    assert [
        (row.cohort.month, row.tenure, row.lost, row.censored) for row in frame.itertuples()
    ] == [(1, 2, 1, 0), (1, 3, 1, 0), (2, 1, 1, 0), (3, 1, 1, 0), (4, 2, 0, 1), (6, 0, 0, 1)]
    curve = retention.survival(cohorts)
    assert "first silence of 3 finished months or more" in curve.meaning()
    assert any("came too late" in str(said) for said in curve.warnings)
    assert retention.survival(cohorts, by="cohort").by == ("cohort",)
    with pytest.raises(ParameterError, match="gap=0"):
        retention.durations_from_cohorts(cohorts, gap=0)
    with pytest.raises(EmptyDataError, match="gap=9"):
        retention.durations_from_cohorts(cohorts, gap=9)
    with pytest.raises(ParameterError, match="data=DataFrame"):
        retention.survival(pd.DataFrame())


@pytest.mark.parametrize(
    ("data", "options", "error", "words"),
    [
        ({"t": [1], "e": [1], "x": [-1.0]}, {"weight": "x"}, WeightError, "weight='x'"),
        ({"t": [1], "e": [1], "x": [np.nan]}, {"weight": "x"}, WeightError, "weight='x'"),
        ({"t": [1], "e": [1], "x": [np.inf]}, {"weight": "x"}, WeightError, "weight='x'"),
        ({"t": [1], "e": [1], "x": [1.0]}, {"entry": "x"}, CohortError, "not before duration='t'"),
        (
            {"t": [1], "e": [1], "x": [0.0]},
            {"entry": "x", "weight": "x"},
            ParameterError,
            "cannot be counted together",
        ),
    ],
)
def test_bad_weights_and_entries_are_refused(data, options, error, words):
    with pytest.raises(error, match=words):
        counts(data, **options)


@settings(max_examples=25)
@given(
    st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=6),
    st.integers(1, 3),
    st.integers(0, 2),
)
def test_the_first_silence_equals_brute_force(patterns, gap, unseen):
    """Ten finished months; records begin with month `unseen`, so that whoever came before it is
    left out."""
    clock = Clock("month")
    first = clock.index(pd.Timestamp(2024, 1, 1).date())
    months = range(unseen, 10)
    groups = pd.DataFrame(
        {"cohort": [first + min(pattern) for pattern in patterns], "customers": 1}
    )
    active = np.array([[month in pattern for month in months] for pattern in patterns])
    end = clock.start(first + 10)
    cohorts = retention.Cohorts(groups, active, first + unseen, clock, end, clock.start(first), end)
    expected = []
    for pattern in patterns:
        came = min(pattern)
        if unseen <= came <= 10 - gap:
            silent = [m for m in range(came + 1, 11 - gap) if not pattern & set(range(m, m + gap))]
            expected.append((came, silent[0] - came if silent else 10 - gap - came, bool(silent)))
    if not expected:
        with pytest.raises(EmptyDataError, match="no customer came in a period on record"):
            retention.durations_from_cohorts(cohorts, gap=gap)
        return
    found = retention.durations_from_cohorts(cohorts, gap=gap)
    rows = [
        (clock.index(row.cohort.date()) - first, row.tenure, lost)
        for row in found.frame.itertuples()
        for lost, n in ((True, row.lost), (False, row.censored))
        for _ in range(n)
    ]
    assert sorted(rows) == sorted(expected)
    assert found.tally["before_records"] == sum(min(pattern) < unseen for pattern in patterns)
    assert (
        found.tally["rows"]
        == len(expected) + found.tally["before_records"] + found.tally["too_new"]
    )


def test_groups_stand_in_the_order_of_all_studies():
    rows = pd.DataFrame({"wave": ["W10", "W9", "W11", "w 1"], "months": 3, "left": [1, 0, 1, 0]})
    counted = retention.count_durations(rows, duration="months", event="left", by="wave")
    assert counted.groups(["wave"])["wave"].tolist() == natural_order(rows["wave"])


def test_a_group_whose_weights_are_all_zero_is_refused():
    rows = pd.DataFrame({"g": list("aabb"), "months": 3, "left": 1, "w": [1.0, 2.0, 0.0, 0.0]})
    counted = retention.count_durations(rows, duration="months", event="left", by="g", weight="w")
    assert retention.survival(counted).frame["survival"].iloc[-1] == 0
    with pytest.raises(WeightError, match=r"all weights of \['b'\] are 0"):
        retention.survival(counted, by="g")
