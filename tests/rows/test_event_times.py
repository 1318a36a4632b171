"""Times of events in the embedded engine; those of PostgreSQL and Spark are in tests/engines."""

import datetime as dt

import ibis
import pandas as pd
import pytest

from cxlib.errors import ColumnError
from cxlib.rows import event_times
from cxlib.rows.event_times import read_times

TEXTS = ["05/03/2024", "17/03/2024", None, "17/03/2024", "02/04/2024"]
DAYS = [dt.date(2024, 3, 5), dt.date(2024, 3, 17), None, dt.date(2024, 3, 17), dt.date(2024, 4, 2)]


def events(times):
    return ibis.memtable(pd.DataFrame({"n": range(len(times)), "at": times}))


class Elsewhere:
    """An engine that reads no text as dates, made of the embedded one."""

    name = "elsewhere"


def by_values(rows, monkeypatch, **given):
    """Read as where another engine has the rows, which lie here."""
    monkeypatch.setattr(event_times, "place_rows", lambda placed, table: ibis.memtable(placed))
    monkeypatch.setattr(type(rows), "get_backend", lambda self: Elsewhere())
    return read_times(rows, "at", zone="UTC", further={"rows": rows.count()}, **given)


def test_texts_of_another_engine_are_read_by_the_rules_of_files(monkeypatch):
    rows = events(TEXTS)
    here = read_times(rows, "at", zone="UTC", further={"rows": rows.count()})
    with monkeypatch.context() as patched:
        there = by_values(rows, patched)
    for times in (here, there):
        found = times.table.order_by("n").to_pyarrow()
        assert found.column_names == ["n", "at"]
        assert found["at"].to_pylist() == DAYS
        assert (times.facts["rows"], times.facts["cx_n"]) == (5, 4)
    assert there.notes == here.notes


def test_a_refusal_counts_rows_not_values(monkeypatch):
    rows = events(["2024-03-05", "soon", "soon", "2024-13-01", None])
    with pytest.raises(ColumnError) as here:
        read_times(rows, "at", zone="UTC")
    with monkeypatch.context() as patched, pytest.raises(ColumnError) as there:
        by_values(rows, patched)
    assert str(there.value) == str(here.value)
    assert "3 of 4 values" in str(here.value)


def test_more_values_than_are_brought_here_are_refused(monkeypatch):
    rows = events([f"2024-03-{day:02}" for day in range(1, 8)])
    monkeypatch.setattr(event_times, "MOST_VALUES", 6)
    with monkeypatch.context() as patched, pytest.raises(ColumnError) as refused:
        by_values(rows, patched)
    assert str(refused.value) == (
        "time='at' holds string with more than 6 different values, and dates are read of fewer "
        "where they lie; give a column of dates or timestamps, such as of a view that casts it, or "
        "copy the table to Parquet"
    )


def test_no_time_at_all():
    rows = events([None, None]).mutate(at=ibis.null("string"))
    found = read_times(rows, "at", zone="UTC", further={"rows": rows.count()})
    assert (found.facts["rows"], found.facts["cx_n"]) == (2, 0)
