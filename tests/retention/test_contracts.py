"""The data contract: what was read and left out, and tables that hardly hold anything."""

import datetime as dt

import pandas as pd

from cxlib import retention

D = dt.date


def rows(days, **more):
    return pd.DataFrame({"who": [f"c{i % 7}" for i in range(len(days))], "at": days, **more})


def test_one_customer_and_one_event():
    cohorts = retention.count_cohorts(
        rows([D(2024, 1, 5)]), customer="who", time="at", as_of=D(2024, 2, 1)
    )
    result = retention.contract(cohorts)
    assert "1 of 1 event of 1 customer" in result.summary() or "1 of 1 events" in result.summary()
    assert "2024-01" in result.last_finished()
    assert retention.triangle(cohorts).frame[["size", "retained", "rate"]].to_numpy().tolist() == [
        [1, 1, 1.0]
    ]
    assert retention.movements(cohorts).frame["active"].tolist() == [1]
    result = retention.contract(
        retention.count_cohorts(rows([D(2024, 1, 5)]), customer="who", time="at")
    )
    assert "No period has ended" in result.last_finished()


def test_a_cohort_that_never_did_anything_is_in_the_denominator():
    acquired = pd.DataFrame({"who": ["c0", "静か"], "acquired_on": [D(2024, 1, 1), D(2024, 2, 1)]})
    cohorts = retention.count_cohorts(
        rows([D(2024, 1, 5)]), customer="who", time="at", acquired=acquired, as_of=D(2024, 4, 1)
    )
    frame = retention.triangle(cohorts).frame
    assert frame.loc[frame["cohort"] == pd.Timestamp(2024, 2, 1), "rate"].tolist() == [0.0, 0.0]
    result = retention.contract(cohorts)
    assert result.frame.set_index("what")["n"]["silent"] == 1
    assert "of them without any event" in repr(result.table())
