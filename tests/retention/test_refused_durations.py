"""Times, outcomes and parameters that give no curve are refused or said to be absent."""

import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from tests.retention.followed import counts


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ({"t": [1, -2], "e": [1, 0]}, CohortError, "negative"),
        ({"t": [1, 2], "e": [1, 2]}, CohortError, "other than 0 and 1"),
        ({"t": ["x", "y"], "e": [1, 0]}, ColumnError, "not numbers"),
        ({"t": [1], "e": ["Yes"]}, ColumnError, "not numbers"),
        ({"t": [np.nan], "e": [1]}, EmptyDataError, "no customer"),
        ({"time": [1], "e": [1]}, ColumnError, "no such column"),
    ],
)
def test_bad_durations_are_refused(data, error, words):
    with pytest.raises(error, match=words):
        retention.count_durations(pd.DataFrame(data), duration="t", event="e")


def test_bad_parameters_are_refused():
    result = retention.count_durations(
        pd.DataFrame({"t": [1, 2], "e": [1, 0], "g": ["a", "b"]}), duration="t", event="e", by="g"
    )
    with pytest.raises(ParameterError, match=r"write 0\.95"):
        retention.survival(result, confidence=95)
    with pytest.raises(ColumnError, match="by="):
        retention.survival(result, by="h")
    with pytest.raises(ParameterError, match="adjust"):
        retention.compare(result, between="g", adjust="bonferoni")
    days = retention.count_durations(
        pd.DataFrame({"t": [1], "e": [1], "g": ["a"]}), duration="t", event="e", by="g", unit="day"
    )
    with pytest.raises(CohortError, match="unit"):
        result + days


def test_without_groups_there_are_no_curves_of_groups():
    data = counts({"t": [1, 2], "e": [1, 0]})
    nothing = retention.survival(data, by=None)
    assert nothing.key == "retention.no_segment"
    assert nothing.plot(months=6).get_gid() == "message"
    with pytest.raises(ParameterError, match="did you mean 'months'"):
        nothing.summary(month=6)
    assert retention.survival(None).key == "retention.no_events"
