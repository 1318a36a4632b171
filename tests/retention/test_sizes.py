"""`only` chooses customers in every file, and the sizes are those of the report."""

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ColumnError

ORDERS = pd.DataFrame(
    {
        "customer_id": ["007", "7", "a", "a", "b", "b", "c", "stranger"],
        "ordered_at": ["2026-01-05", "2026-01-06", "2026-01-07", "2026-02-09", "2026-01-20",
                       "2026-03-03", "2026-02-02", "2026-03-09"],
        "shop": ["x", "x", "x", "y", "y", "y", None, "x"],
    }
)  # fmt: skip
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["007", "7", "a", "b", "c", "d"],
        "acquired_on": ["2026-01-05"] * 5 + [None],
        "country": ["JP", "KR", "O'Brien", "JP ", None, "JP"],
    }
)
SPELLS = pd.DataFrame(
    {"customer_id": ["007", "7", "a", "b"], "started_on": "2026-01-05", "ended_on": [None] * 4}
)


@pytest.fixture
def p(tmp_path):
    given = {"value": None, "segment": None}
    for name, frame in (("orders", ORDERS), ("customers", CUSTOMERS), ("subscriptions", SPELLS)):
        given[name] = tmp_path / f"{name}.csv"
        frame.to_csv(given[name], index=False)
    return retention.Parameters.parse(given)


def only(p, **values):
    return p.model_copy(update={"only": values})


def test_a_column_of_the_customers_chooses_them_in_every_file(p):
    sizes = retention.group_sizes(p, by=["country"])
    assert (sizes.unit, sizes.n) == (
        "customers",
        {("JP",): 2, ("KR",): 1, ("O'Brien",): 1, (None,): 1},
    )
    records = retention.read(only(p, country="JP"))
    ids = set(records.events.execute()["customer_id"])
    assert ids == {"007", "b"}
    assert set(records.customers["customer_id"]) == {"007", "b", "d"}
    assert set(records.subscriptions["customer_id"]) == {"007", "b"}
    assert str(records.as_of) == "2026-03-10"  # the whole log's end, not that of these customers
    said = " ".join(map(str, records.notes))
    assert "orders.csv that meet the condition country = 'JP' (customers.csv): 3 of 8" in said
    assert records.subject == "where country = 'JP'"


def test_each_customers_orders_are_in_one_report_or_in_none(p):
    seen = [
        str(row)  # an id of digits alone is a number where no other is text
        for (country,) in retention.group_sizes(p, by=["country"]).n
        if country
        for row in retention.read(only(p, country=country)).events.execute()["customer_id"]
    ]
    assert sorted(seen) == ["007", "7", "a", "a", "b", "b"]  # c has no country, one is a stranger


def test_a_column_of_the_orders_says_which_count(p):
    sizes = retention.group_sizes(p, by=["shop"]).n
    assert sizes == {("x",): 4, ("y",): 2, (None,): 1}
    both = retention.read(only(p, shop="y", country="JP")).events.execute()
    assert list(both["customer_id"]) == ["b", "b"]


def test_a_column_that_may_be_the_orders_or_the_customers_is_refused(p, tmp_path):
    ORDERS.assign(country="JP").to_csv(tmp_path / "orders.csv", index=False)
    with pytest.raises(ColumnError, match="both orders and customers"):
        retention.read(only(p, country="JP"))


def test_durations_are_counted_by_customer(tmp_path):
    path = tmp_path / "durations.csv"
    rows = {"tenure": [3, 4, 5, 6], "lost": ["yes", "no", "no", "yes"], "plan": ["a", "a", "b", ""]}
    pd.DataFrame(rows).to_csv(path, index=False)
    p = retention.Parameters.parse({"durations": path, "value": None})
    assert retention.group_sizes(p, by=["plan"]).n == {("a",): 2, ("b",): 1, (None,): 1}
    assert retention.read(only(p, plan="a")).read.frame["n"].tolist() == [2]
