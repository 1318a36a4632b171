"""Events and parameters that give no counts are refused, each with its reason."""

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from tests.retention.event_log import D, count, log

GOOD = [("a", D(2024, 1, 5)), ("b", D(2024, 2, 5))]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"period": "fortnight"}, ParameterError, "period='fortnight'"),
        ({"zone": "Asia/Tokio"}, ParameterError, "Asia/Tokyo"),
        ({"week_start": "tuesday"}, ParameterError, "week_start"),
        ({"by": "segment"}, ColumnError, "segment"),
        ({"value": "who"}, ColumnError, "not numbers"),
        ({"as_of": D(2023, 1, 1)}, EmptyDataError, "before as_of"),
        ({"as_of": D(2924, 1, 1)}, ParameterError, "choose a longer period"),
        ({"acquired": pd.DataFrame({"who": ["a"]})}, ColumnError, "acquired_on"),
        (
            {"acquired": pd.DataFrame({"who": ["a"], "acquired_on": ["2024-13-01"]})},
            ColumnError,
            "2024-13-01",
        ),
        (
            {"acquired": pd.DataFrame({"who": ["a"], "acquired_on": ["2025-01-01"]})},
            EmptyDataError,
            "no customer is left",
        ),
    ],
)
def test_bad_parameters_are_refused(change, error, words):
    with pytest.raises(error, match=words):
        count(log(*GOOD), **change)


def test_bad_events_are_refused():
    with pytest.raises(ColumnError, match="not dates"):
        count(pd.DataFrame({"who": ["a"], "at": ["soon"]}))
    with pytest.raises(ColumnError, match="no such column"):
        count(pd.DataFrame({"whom": ["a"], "at": [D(2024, 1, 1)]}))
    with pytest.raises(EmptyDataError):
        count(log((None, D(2024, 1, 1)), ("", D(2024, 1, 1))))
    with pytest.raises(ParameterError, match="kind"):
        retention.triangle(count(log(*GOOD)), kind="n_day")
    with pytest.raises(CohortError, match="as_of"):
        count(log(*GOOD)) + count(log(*GOOD), as_of=D(2025, 1, 1))
    with pytest.raises(ParameterError, match="one triangle"):
        retention.triangle(
            count(
                log(
                    *GOOD,
                ),
                by="who",
            )
        ).plot()


def test_duplicates_by_a_column_that_is_not_there():
    with pytest.raises(ColumnError, match="duplicates='order_id'"):
        count(log(*GOOD), duplicates="order_id")


def test_without_events_there_are_no_counts():
    for absent in (
        retention.count_cohorts(None, customer="who", time="at"),
        retention.count_own_clock(None, customer="who", time="at"),
        retention.count_days(None, customer="who", time="at"),
    ):
        assert absent.key == "retention.no_events"
    assert retention.count_gaps(None, customer="who", time="at").key == "retention.no_gap"
