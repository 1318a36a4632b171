"""Movements: by hand and in words. CDNOW is in test_cdnow.py."""

import datetime as dt

import pandas as pd

from cxlib import retention

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}


def log(*rows):
    return pd.DataFrame(list(rows), columns=["who", "at", "paid"])


def test_movements_in_words():
    data = log(
        ("a", D(2024, 1, 5), 1),
        ("b", D(2024, 1, 5), 1),
        ("a", D(2024, 2, 5), 1),
        ("b", D(2024, 3, 5), 1),
        ("c", D(2024, 3, 6), 1),
    )
    result = retention.movements(retention.count_cohorts(data, **COLUMNS, as_of=D(2024, 4, 1)))
    assert result.frame.loc[
        2, ["active", "new", "retained", "resurrected", "dormant"]
    ].tolist() == [2, 1, 0, 1, 1]
    assert "1 came back after a pause" in result.summary()
    assert len(result.plot().patches) == 12
    nothing = retention.movements(retention.count_cohorts(data, **COLUMNS, as_of=D(2024, 1, 20)))
    assert "No period has ended" in nothing.summary()
    assert nothing.plot().get_gid() == "message"


def test_without_counts_there_are_no_movements():
    assert retention.movements(None).key == "retention.no_events"
