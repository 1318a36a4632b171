"""What other columns of an event log tell is said above the finding, with a way that works."""

import re

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlib import retention

ROWS = 40


def log(**more):
    days = pd.date_range("2024-01-03", periods=ROWS, freq="3D").strftime("%Y-%m-%d")
    base = {"customer_id": [f"K{i % 15}" for i in range(ROWS)], "ordered_at": days, "amount": 10}
    return pd.DataFrame(base | more)


def flags(tmp_path, frame, **given):
    path = tmp_path / "orders.csv"
    frame.to_csv(path, index=False)
    p = retention.Parameters.parse({"orders": path, **given})
    data = retention.read(p)
    return data, [said for said in data.flags if said.key.startswith(KEYS)]


KEYS = tuple(f"retention.{name}" for name in ("copies", "sums", "undone"))


@pytest.mark.parametrize(
    ("column", "values", "n"),
    [
        ("status", ["cancelled"] * 4 + ["refunded"] * 2 + ["complete"] * 34, 6),
        ("Financial Status", ["partially_refunded"] * 6 + ["paid"] * 34, 6),
        ("状態", ["返品"] * 6 + ["完了"] * 34, 6),
        ("주문상태", ["취소완료"] * 6 + ["배송완료"] * 34, 6),
        ("Bestellstatus", ["storniert"] * 6 + ["versandt"] * 34, 6),
        ("is_cancelled", [1] * 6 + [0] * 34, 6),
        ("test", ["TRUE"] * 6 + ["FALSE"] * 34, 6),
        ("cancelled_at", ["2024-02-01"] * 6 + [""] * 34, 6),
        ("type", ["refund"] * 6 + ["sale"] * 34, 6),
    ],
)
def test_what_was_undone_is_told_and_the_condition_leaves_it_out(tmp_path, column, values, n):
    frame = log(**{column: values})
    data, said = flags(tmp_path, frame)
    assert [each.values["n"] for each in said] == [n]
    assert data.events.count().execute() == ROWS
    left, silent = flags(tmp_path, frame, where=said[0].values["condition"])
    assert left.events.count().execute() == ROWS - n
    assert silent == []


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("status", ["complete"] * 40),
        ("status", ["not cancelled"] * 20 + ["active"] * 20),
        ("type", ["greatest"] * 20 + ["latest"] * 20),
        ("returned_voucher", ["a"] * 20 + ["b"] * 20),
        ("note", ["cancelled"] * 6 + ["x"] * 34),
        ("cancelled", [0] * 40),
    ],
)
def test_other_columns_and_values_are_not(tmp_path, column, values):
    assert flags(tmp_path, log(**{column: values}))[1] == []


@pytest.mark.parametrize("word", ["Total", "Subtotal", "小計", "합계", "Summe", "TOTAL:"])
def test_rows_that_sum_others_are_told(tmp_path, word):
    frame = log(order_id=[f"A{i}" for i in range(ROWS)])
    frame.loc[[9, 19, 29], "order_id"] = word
    _, said = flags(tmp_path, frame)
    assert [each.values["n"] for each in said if each.key == "retention.sums"] == [3]
    condition = said[-1].values["condition"]
    left, silent = flags(tmp_path, frame, where=condition)
    assert (left.events.count().execute(), silent) == (ROWS - 3, [])


def test_sums_of_many_groups_are_left_out_by_one_word(tmp_path):
    frame = log()
    frame.loc[frame.index % 4 == 3, "customer_id"] += " Total"
    _, said = flags(tmp_path, frame)
    assert re.findall("like '(.*?)'", said[0].values["condition"]) == ["% Total"]
    left, silent = flags(tmp_path, frame, where=said[0].values["condition"])
    assert (left.events.count().execute(), silent) == (30, [])


def test_copies_are_told_where_an_id_is_copied_too(tmp_path):
    once = log(order_id=range(ROWS))
    twice = pd.concat([once, once.head(12)])
    _, said = flags(tmp_path, twice)
    assert [each.values["n"] for each in said] == [12]
    assert flags(tmp_path, twice, duplicates="order_id")[1] == []
    assert flags(tmp_path, once)[1] == []


def test_equal_rows_without_an_id_may_be_two_coffees(tmp_path):
    once = log(kind=["coffee", "cake"] * 20)
    assert flags(tmp_path, pd.concat([once, once.head(12)]))[1] == []


@pytest.mark.parametrize(
    ("blank", "told", "on_top"), [(0, [], []), (1, [1], []), (2, [2], []), (3, [3], [3])]
)
def test_amounts_that_are_missing_are_told_and_above_a_twentieth_on_top(
    tmp_path, blank, told, on_top
):
    """They count as 0, however few they are."""
    data, _ = flags(tmp_path, log(amount=[""] * blank + [10] * (ROWS - blank)))
    for shown, n in ((data.warnings, told), (data.flags, on_top)):
        found = [said for said in shown if said.key == "retention.amounts_missing"]
        assert [said.values["n"] for said in found] == n


@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
def test_amounts_that_are_no_number_are_missing(tmp_path, kind):
    """pandas writes what is missing among floats as NaN."""
    amounts = pd.Series([float("nan")] * 3 + [10.0] * (ROWS - 3))
    frame = log(amount=amounts)
    path = str(tmp_path / "orders.parquet")
    whole = pa.table({name: pa.array(frame[name].to_numpy()) for name in frame})
    pq.write_table(whole, path)
    if kind == "duckdb":
        with duckdb.connect(tmp_path / "shop.duckdb") as shop:
            shop.execute(f"CREATE TABLE orders AS FROM '{path}'")
        path = f"{tmp_path / 'shop.duckdb'}#orders"
    data = retention.read(retention.Parameters.parse({"orders": path}))
    [said] = [each for each in data.warnings if each.key == "retention.amounts_missing"]
    assert (said.values["n"], said.values["rows"]) == (3, ROWS)


@pytest.mark.parametrize("odd", [-5, 0])
def test_what_leaves_refunds_out_leaves_out_nothing_else(tmp_path, odd):
    """Rows without an amount stay, as the sentence says no word of them."""
    frame = log(amount=[odd] * 4 + [""] * 2 + [10] * (ROWS - 6))
    given = {"customer": "customer_id", "time": "ordered_at", "value": "amount"}
    kept = retention.revenue(flags(tmp_path, frame)[0].events, **given)
    keys = ("negative_amounts", "zero_amounts")
    [said] = [each for each in kept.warnings if each.key.endswith(keys)]
    left, _ = flags(tmp_path, frame, where=said.values["condition"])
    assert left.events.count().execute() == ROWS - 4
