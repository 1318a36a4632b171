"""Names of groups in an engine are those that pandas has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.rows import names
from cxlib.rows.engine_names import engine_name, read_names

SPELLINGS = [
    "Tokyo",
    " Tokyo\u3000",
    "\xa0Ｔｏｋｙｏ\t",
    "New \n York",
    "ﾊﾟｰﾄ･ｱﾙﾊﾞｲﾄ",
    "ｳﾞｪﾙﾃﾞ",
    "①㈱",
    "＼＇＂％",
    'it\'s \\ "fine"',
    "서울",
    "tokyo",
    " a",
    "a ",
    "a  b",
    "a b~!",
    "a\n",
    "\ta",
    "a\x7f",
    "\u3000 ",
    " ",
    "",
    None,
]


def found(rows):
    table = ibis.memtable(rows)
    return table.select(name=engine_name(table["name"])).to_pyarrow()["name"].to_pylist()


def test_spellings_are_folded_as_in_pandas():
    rows = pa.table({"name": pa.array(SPELLINGS, pa.string())})
    assert found(rows) == [names.name(each) for each in SPELLINGS]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@settings(max_examples=50)
@given(st.lists(TEXTS | st.text("ab ~!\n\x7f"), min_size=1))
def test_any_text_is_folded_as_in_pandas(texts):
    assert found(pa.table({"name": pa.array(texts, pa.string())})) == [
        names.name(each) for each in texts
    ]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False, None]),
        pa.array([2026.0, 2.5, float("nan"), None, float("inf"), -3.0]),
        pa.array([7.0, 0.5], pa.float32()),
        pa.array([Decimal("2026.00"), Decimal("2.50"), None]),
        pa.array([1, -2, None]),
        pa.array([dt.date(2026, 7, 1), None]),
        pa.array([dt.datetime(2026, 7, 1), dt.datetime(2026, 7, 1, 9, 30), None]),
    ],
)
def test_other_values_are_written_as_in_pandas(values):
    assert found(pa.table({"name": values})) == [
        None if value is None else names.name(value) for value in values.to_pylist()
    ]


def test_a_relation_that_is_not_bound_yet_is_duckdbs():
    table = ibis.table({"name": "string"}, name="later")
    assert "NFC_NORMALIZE" in ibis.to_sql(engine_name(table["name"]), dialect="duckdb").upper()


def test_what_is_noticed_about_names_comes_from_the_distinct_ones():
    rows = pd.DataFrame({"city": ["Tokyo", "Tokyo ", "Tokyo", "tokyo"], "n": 1})
    noticed = read_names(ibis.memtable(rows), ["city"])["city"]
    assert noticed.joined == {"Tokyo": ["Tokyo", "Tokyo "]}
    assert noticed.differ_in_case == [["Tokyo", "tokyo"]]
