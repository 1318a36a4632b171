"""Numbers of invoices that mark a cancellation are told; how a shop numbers is not."""

import ibis
import pytest

from cxlib.retention.counts.cancellations import find_cancellations, number_columns


def told(numbers):
    return [
        (said.values["n"], said.values["events"], said.values["condition"])
        for said in find_cancellations(ibis.memtable({"InvoiceNo": numbers}), number="InvoiceNo")
    ]


def test_a_letter_before_some_numbers_is_told_with_what_leaves_them_out():
    assert told(["700101", "C700115", "700106", "700107.0"]) == [(1, 4, "InvoiceNo not like 'C%'")]


@pytest.mark.parametrize(
    "numbers",
    [
        ["A1", "A2", "A3"],  # all are written so
        ["1", "2", "3"],
        ["1", "A2", "B3", "4", "5"],  # branches, it seems
        ["2024-01", "x", "5"],
    ],
)
def test_numbers_as_a_shop_writes_them_are_not(numbers):
    assert told(numbers) == []


def test_columns_of_numbers_are_known_by_their_names():
    names = ["Invoice", "order_id", "Order Date", "orders", "Rechnungsnr", "주문번호", "restored"]
    assert number_columns(names) == ["Invoice", "order_id", "Rechnungsnr", "주문번호"]
