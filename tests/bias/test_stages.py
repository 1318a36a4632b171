"""The funnel: what counts as reached, and what is said of what is not there."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import (
    EmptyDataError,
    ParameterError,
)


def test_funnel_counts_true_and_times():
    sent = pd.DataFrame(
        {
            "wave": ["W10", "W9", "W9", "W9"],
            "delivered": [True, True, True, None],
            "opened": [1, 0, 1, 0],
            "started_at": pd.to_datetime(["2026-01-01", None, "2026-01-02", None]),
            "finished_at": ["2026-01-01", "", None, None],
        }
    )
    found = bias.funnel(sent, by=["wave"])
    assert found.frame[["wave", "stage", "n", "reached"]].to_numpy().tolist() == [
        ["W9", "delivered", 3, 2],
        ["W9", "opened", 3, 1],
        ["W9", "started", 3, 1],
        ["W9", "finished", 3, 0],
        ["W10", "delivered", 1, 1],
        ["W10", "opened", 1, 1],
        ["W10", "started", 1, 1],
        ["W10", "finished", 1, 1],
    ]
    assert bias.last_stage(found).frame["reached"].tolist() == [0, 1]
    assert "Of 4 people invited, 1 (25.0 %" in found.summary()


def test_funnel_says_what_is_not_there():
    assert "Ask your survey tool for the list" in bias.funnel(None).summary()
    found = bias.funnel(pd.DataFrame({"delivered": [True]}))
    assert "opened, started the survey and finished the survey" in str(found.warnings[0])
    with pytest.raises(ParameterError, match="none of these columns"):
        bias.funnel(pd.DataFrame({"x": [1]}))
    with pytest.raises(ParameterError, match="did you mean 'opened'"):
        bias.funnel(pd.DataFrame({"x": [1]}), stages={"openend": "x"})
    with pytest.raises(EmptyDataError):
        bias.funnel(pd.DataFrame({"delivered": pd.Series([], dtype=bool)}))


@pytest.mark.parametrize("name", ["stage", "n", "invited", "method", "cohort", "mode", "回"])
def test_groups_may_have_any_name(name):
    sent = pd.DataFrame({"delivered": [True, True, False], name: ["b", "a", "a "]})
    found = bias.funnel(sent, by=[name])
    assert found.frame[found.by[0]].tolist() == ["a", "b"]
    table = bias.last_stage(found).table(without=["confidence", "method"])
    assert table.written().columns.tolist()[:2] == [name, "step"]
    assert table.to_csv().splitlines()[0].split(",")[0] in {name, f"by_{name}"}
    found.plot()


def test_the_last_stage_is_headed_by_what_it_counts():
    sent = pd.DataFrame({"delivered": [True, False], "usable": [True, False]})
    found = bias.funnel(sent)
    assert str(bias.last_stage(found).caption()) == "Usable answers"
    assert str(found.caption()) == "How many of the invited reached each step"
