"""Amounts of several currencies are refused, with the condition by which one is counted."""

import datetime as dt

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ParameterError
from cxlib.retention.counts.currencies import currency_columns
from tests.retention.notebook import given

D = dt.date


def revenue(**columns):
    data = pd.DataFrame({"who": list("aabb"), "paid": [10, 10, 900, 900]}).assign(
        at=[D(2024, 1, 5), D(2024, 2, 5)] * 2, **columns
    )
    return retention.revenue(
        data, customer="who", time="at", value="paid", as_of=D(2024, 3, 1), resamples=0
    )


@pytest.mark.parametrize("name", ["currency", "Currency Code", "通貨", "통화", "order_currency"])
def test_two_currencies_are_refused_by_name(name):
    with pytest.raises(ParameterError) as refusal:
        revenue(**{name: ["EUR", "EUR", "JPY", "JPY"]})
    assert f"column {name!r} has more than one currency (events: EUR 2, JPY 2)" in str(
        refusal.value
    )
    written = f'"{name}"' if " " in name else name
    assert f"where: {written} = 'EUR'" in str(refusal.value)


@pytest.mark.parametrize(
    "columns",
    [
        {"currency": ["EUR", "eur ", "EUR", None]},
        {"shop": list("xyxy")},
        {"currency": [1, 2, 1, 2]},
    ],
)
def test_one_currency_or_none_is_no_matter(columns):
    assert revenue(**columns).frame["revenue"].tolist() == [910, 910]


def test_which_columns_are_of_currencies():
    assert currency_columns(["Währung", "concurrency", "当社", "Moneda"]) == ["Währung", "Moneda"]


def test_a_file_with_two_currencies_is_refused_when_it_is_read(folder):
    path = folder / "orders.csv"
    head, *rows = path.read_text().splitlines()
    for codes, refused in (["JPY", "EUR", "JPY", "JPY"], True), (["JPY"] * 4, False):
        lines = [f"{row},{code}" for row, code in zip(rows, codes, strict=True)]
        path.write_text("\n".join([f"{head},currency", *lines]))
        if refused:
            with pytest.raises(ParameterError, match="EUR 1, JPY 3"):
                retention.read(given(folder))
            assert retention.read(given(folder, value=None)).events is not None
        else:
            assert retention.read(given(folder)).events is not None
