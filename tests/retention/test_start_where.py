"""`where` says what counts as activity, `start_where` which event begins a customer's life."""

import datetime as dt

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ColumnError, CxError, ParameterError

# by hand: a signs up in January and buys in February and March; b buys in January, signs up in
# February, buys in March; c only buys; d signs up and never buys
LOG = pd.DataFrame(
    [
        ("a", "2026-01-05", "sign-up", 0),
        ("a", "2026-02-05", "order", 10),
        ("a", "2026-03-05", "order", 10),
        ("b", "2026-01-20", "order", 10),
        ("b", "2026-02-10", "sign-up", 0),
        ("b", "2026-03-10", "order", 10),
        ("c", "2026-01-30", "order", 10),
        ("d", "2026-02-15", "sign-up", 0),
        ("a", "2026-03-31", "visit", 0),
    ],
    columns=["customer_id", "ordered_at", "kind", "amount"],
)


@pytest.fixture(params=["csv", "parquet"])
def orders(request, tmp_path):
    path = tmp_path / f"orders.{request.param}"
    LOG.to_csv(path, index=False) if request.param == "csv" else LOG.to_parquet(path, index=False)
    return path


def read(orders, **given):
    return retention.read(retention.Parameters(orders=orders, **given))


def cohorts(data):
    return retention.count_cohorts(
        data.events,
        customer="customer_id",
        time="ordered_at",
        period="month",
        as_of=data.until,
        acquired=data.customers,
        acquired_on="acquired_on",
    )


def said(messages):
    return " ".join(map(str, messages))


def test_only_what_meets_the_condition_is_activity_and_the_log_ends_where_it_ends(orders):
    data = read(orders, where="kind = 'order' and amount > 0")
    assert data.events.count().execute() == 5
    assert data.as_of == data.until == dt.date(2026, 4, 1)  # the visit is of 31 March
    assert "kind = 'order' and amount > 0: 5 of 9" in said(data.notes)
    assert data.subject == "where kind = 'order' and amount > 0"


def test_without_a_condition_nothing_changes(orders):
    data = read(orders)
    assert (data.until, data.lives, data.subject) == (None, None, None)


def test_the_first_of_the_starting_events_is_the_acquisition(orders):
    data = read(orders, where="kind = 'order'", start_where="kind = 'sign-up'")
    came = data.customers.set_index("customer_id")["acquired_on"].astype(str).str[:10].to_dict()
    assert came == {"a": "2026-01-05", "b": "2026-02-10", "d": "2026-02-15"}
    assert "3 customers have one; those who have none are left out" in said(data.notes)
    counted = cohorts(data)
    sizes = retention.triangle(counted, kind="on").frame.groupby("cohort")["size"].first()
    assert sizes.tolist() == [1, 2]  # a in January; b and d in February


def test_lives_run_from_the_start_on(orders):
    data = read(orders, where="kind = 'order'", start_where="kind = 'sign-up'")
    rows = data.lives.execute().astype(str)
    since = sorted((who, when[:10]) for who, when in rows[["customer_id", "ordered_at"]].to_numpy())
    assert since == [
        ("a", "2026-01-05"),
        ("a", "2026-02-05"),
        ("a", "2026-03-05"),
        ("b", "2026-02-10"),
        ("b", "2026-03-10"),
        ("d", "2026-02-15"),
    ]


def test_a_file_of_customers_keeps_its_groups_and_loses_who_never_began(orders, tmp_path):
    customers = tmp_path / "customers.csv"
    rows = {"customer_id": list("abcd"), "acquired_on": "2020-01-01", "plan": list("xyxy")}
    pd.DataFrame(rows).to_csv(customers, index=False)
    data = read(orders, start_where="kind = 'sign-up'", customers=customers, segment="plan")
    assert data.customers["customer_id"].tolist() == ["a", "b", "d"]
    assert data.customers["plan"].tolist() == ["x", "y", "y"]
    assert "Of 4 customers in the file of customers, 1 have no such event" in said(data.notes)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"where": "kind = 'oder'"}, CxError, "none of the 9 rows .*there is 'order'"),
        ({"where": "kin = 'order'"}, ColumnError, "where='kin': .*did you mean 'kind'"),
        ({"where": "kind == 'order'"}, ParameterError, "did you mean where=\"kind = 'order'\""),
        ({"start_where": "amount = '0'"}, ColumnError, "start_where=.*without quotes, 0"),
        ({"start_where": "kind = 'x'"}, CxError, "start_where=None for all rows"),
    ],
)
def test_conditions_that_cannot_be_meant_are_refused(orders, given, kind, message):
    with pytest.raises(kind, match=message):
        read(orders, **given)


def test_durations_are_chosen_and_have_no_event_that_begins(tmp_path):
    path = tmp_path / "d.csv"
    rows = {"tenure": [1, 2, 3, 4], "lost": [1, 0, 1, 1], "plan": list("xxyy")}
    pd.DataFrame(rows).to_csv(path, index=False)
    data = retention.read(retention.Parameters(durations=path, where="plan = 'y'"))
    assert data.followed.frame["lost"].sum() == 2
    assert "plan = 'y': 2 of 4" in said(data.notes)
    with pytest.raises(ParameterError, match="durations have no events"):
        retention.Parameters(durations=path, start_where="plan = 'y'")
