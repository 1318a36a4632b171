"""Files of the notebook: what is read, counted once, left out and flagged."""

import datetime as dt

import pytest

import cxlib as cx
from cxlib.errors import ColumnError
from cxlib.retention import Parameters, compare, contract, movements, read
from tests.retention.notebook import Notebook, given


def test_good_parameters_pass_and_the_files_are_read(folder):
    nb = Notebook(given(folder))
    assert nb.cohorts.customers == 3
    assert "All 4 events of 3 customers" in contract(nb.cohorts).summary()
    assert contract(nb.cohorts).last_finished() == "The last finished month is 2024-03."
    assert nb.segments.frame["segment"].nunique() == 2
    assert nb.data.inputs == {
        name: folder / f"{name}.csv" for name in ("orders", "customers", "subscriptions")
    }
    assert dict(nb.data.read.frame.to_numpy().tolist()) == {
        "orders": 4,
        "customers": 3,
        "subscriptions": 3,
    }


def test_rows_that_came_twice_count_once_where_there_is_a_rule(folder):
    (folder / "orders.csv").write_text(
        "order,customer_id,ordered_at,amount\nA,1,2024-01-05,10\nA,1,2024-01-05,10\n"
        "B,1,2024-01-05,4\nC,2,2024-02-05,5\nC,2,2024-02-05,5\n,2,2024-02-06,5\n"
    )
    wanted = {
        None: (0, [24, 15]),
        "exact": (2, [14, 10]),
        "order": (2, [14, 10]),
    }  # revenue of January and February
    for rule, (dropped, revenue) in wanted.items():
        nb = Notebook(
            given(folder, duplicates=rule, customers=None, segment=None, subscriptions=None)
        )
        assert nb.cohorts.tally.get("duplicates", 0) == dropped
        assert nb.revenue.frame["revenue"].tolist() == [*revenue, 0]
    with pytest.raises(ColumnError, match="duplicates='bill': there is no such column"):
        read(given(folder, duplicates="bill"))


def test_the_notebooks_weeks_may_start_on_sunday(folder):
    for start, first in (("monday", "2024-01-01"), ("sunday", "2023-12-31")):
        nb = Notebook(
            given(
                folder,
                period="week",
                week_start=start,
                customers=None,
                segment=None,
                subscriptions=None,
            )
        )
        assert str(movements(nb.cohorts).frame["period"].iloc[0].date()) == first
        assert str(nb.revenue.frame["period"].iloc[0].date()) == first


def test_what_the_file_of_customers_leaves_out_or_says_twice_is_flagged(folder):
    """By hand: 1 is acquired after the first of two orders, 3 at no known date (one order), 2
    twice, in two groups."""
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-20,a\n2,2024-01-09,a\n2,2024-01-09,b\n"
        "3,,a\n3,,a\n"
    )
    nb = Notebook(given(folder))
    early, unknown, twice = map(str, nb.contract.warnings)
    assert early.startswith(
        "1 of 4 events lies before the day on which the customer was acquired and is left out"
    )
    assert unknown.startswith(
        "1 customer has no acquisition date and is left out of the cohorts, with 1 of 4 events"
    )
    assert twice.startswith(
        "1 customer stands in the file of customers more than once, with different dates or groups"
    )
    assert len(nb.segments.frame["segment"].unique()) == 2


def test_customers_acquired_after_the_data_end_are_accounted_for(folder):
    for as_of, rows in (
        ("2024-02-15", {"customers": 2, "too_late": 1}),
        ("2024-04-01", {"customers": 3}),
    ):
        nb = Notebook(given(folder, as_of=as_of, subscriptions=None))
        found = nb.contract.frame.set_index("what")["n"]
        assert found[found.index.isin(["customers", "too_late"])].to_dict() == rows
    assert "customers left out: acquired on or after" in repr(
        Notebook(given(folder, as_of="2024-02-15", subscriptions=None)).contract.table()
    )


def test_orders_alone_are_enough(folder):
    p = given(
        folder,
        customers=None,
        subscriptions=None,
        segment=None,
        value=None,
        as_of=None,
        gap_days=20,
    )
    nb = Notebook(p)
    assert nb.data.as_of == dt.date(2024, 3, 2)
    for result in (nb.segments, compare(nb.durations, between=p.segment), nb.revenue):
        assert "cannot be known without" in result.summary()
        assert repr(result.table(caption="x")).startswith("Not shown: no ")
        assert repr(cx.picture(result.plot())).startswith("Not shown: no ")


def test_what_was_noticed_of_the_file_of_customers_is_said(tmp_path):
    orders, customers = tmp_path / "orders.csv", tmp_path / "customers.csv"
    orders.write_text("who,at\n1,2026-01-02\n1,2026-03-02\n2,2026-02-02\n", encoding="utf-8")
    customers.write_text("\ufeffwho,since\n1,2026-01-02\n2,2026-02-02\n,\n", encoding="utf-8")
    found = read(
        Parameters.parse(
            {
                "orders": orders,
                "customers": customers,
                "customer": "who",
                "time": "at",
                "acquired": "since",
                "value": None,
            }
        )
    )
    assert [note.key for note in found.notes] == [
        "sources.byte_order_mark",
        "sources.rows_left_out",
    ]
