"""Fees and orders fall into paid months."""

from __future__ import annotations

import pandas as pd
from numpy.testing import assert_allclose


def test_orders_belong_to_paid_months(company):
    orders = company.orders
    assert orders["order_id"].is_unique
    assert set(orders["kind"]) == {"order", "renewal"}
    assert (orders["amount"] > 0).all()
    assert_allclose(orders["amount"] * 100, (orders["amount"] * 100).round(), atol=1e-6)
    assert orders["ordered_at"].max() < pd.Timestamp("2026-10-01", tz="UTC")
    assert orders.groupby("customer_id")["ordered_at"].is_monotonic_increasing.all()
    paid = orders[orders["kind"] == "renewal"].copy()
    paid["day"] = paid["ordered_at"].dt.strftime("%Y-%m-%d")
    assert set(
        zip(company.subscriptions["customer_id"], company.subscriptions["started_on"], strict=True)
    ) <= set(zip(paid["customer_id"], paid["day"], strict=True))
    by_plan = paid.merge(company.customers, on="customer_id").groupby(
        ["plan", paid["day"].to_numpy() >= "2025-10-01"]
    )
    assert by_plan["amount"].unique().map(list).to_dict() == {
        ("basic", False): [9.9],
        ("basic", True): [11.9],
        ("family", False): [24.9],
        ("family", True): [29.9],
        ("plus", False): [14.9],
        ("plus", True): [17.9],
    }
