"""Customers and their subscriptions keep to the calendar."""

from __future__ import annotations

import pandas as pd


def test_customers_and_subscriptions(company):
    customers, spells = company.customers, company.subscriptions
    assert customers["customer_id"].str.fullmatch(r"C\d{6}").all()
    assert customers["customer_id"].is_unique
    assert set(customers["country"]) == {"JP", "KR", "US"}
    assert set(customers["language"]) == {"ja", "ko", "en"}
    assert customers["acquired_on"].between("2023-10-01", "2026-09-30").all()
    first = spells.groupby("customer_id")["started_on"].min()
    assert (
        customers.set_index("customer_id")["acquired_on"] == first.reindex(customers["customer_id"])
    ).all()
    assert (spells["ended_on"].dropna() < "2026-10-01").all()
    assert not spells.isna()[["customer_id", "started_on"]].any(axis=None)
    ended = spells.dropna()
    months = [
        (e.year - s.year) * 12 + e.month - s.month
        for s, e in zip(
            pd.to_datetime(ended["started_on"]), pd.to_datetime(ended["ended_on"]), strict=True
        )
    ]
    assert min(months) >= 1
    moved = [
        pd.Timestamp(s) + pd.DateOffset(months=k)
        for s, k in zip(ended["started_on"], months, strict=True)
    ]
    assert [f"{day:%Y-%m-%d}" for day in moved] == ended[
        "ended_on"
    ].tolist()  # pandas' own calendar agrees
    again = spells[spells["customer_id"].duplicated(keep=False)]
    assert 0 < again["customer_id"].nunique() < 0.1 * len(customers)
    for _, mine in again.groupby("customer_id"):
        assert mine["ended_on"].iloc[0] < mine["started_on"].iloc[1]
