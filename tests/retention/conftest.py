"""Small files of orders, customers and subscriptions."""

import pytest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-05,10\n1,2024-02-05,12\n2,2024-01-09,5\n"
        "3,2024-03-01,7\n"
    )
    (tmp_path / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,法人\n2,2024-01-09,個人\n"
        "3,2024-02-20,法人\n",
        encoding="utf-8",
    )
    (tmp_path / "subscriptions.csv").write_text(
        "customer_id,started_on,ended_on\n1,2024-01-05,\n2,2024-01-09,2024-02-09\n3,2024-02-20,\n"
    )
    return tmp_path
