"""Answers to items, pulled from rows in any form."""

from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal

from cxlib.bias.counts import answers
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, ScoreRangeError

ROWS = pd.DataFrame({"質問1": [1, 5, 3], "質問2": [2.0, np.nan, 4.0], "who": ["a", "b", "c"]})
ITEMS = ["質問1", "質問2"]
WANTED = [[1, 2], [5, np.nan], [3, 4]]


@pytest.mark.parametrize("kind", ["pandas", "arrow", "duckdb", "parquet", "csv"])
def test_rows_in_any_form_give_the_same_answers_in_order(kind, tmp_path):
    data = ROWS
    if kind == "arrow":
        data = pa.Table.from_pandas(ROWS)
    elif kind == "duckdb":
        rows = ROWS  # noqa: F841  # DuckDB finds it by its name
        data = duckdb.sql("SELECT * FROM rows")
    elif kind == "parquet":
        ROWS.to_parquet(data := tmp_path / "a.parquet")
    elif kind == "csv":
        ROWS.to_csv(data := tmp_path / "a.csv", index=False)
    assert_array_equal(answers.item_answers(data, items=ITEMS, scale=(1, 5)), WANTED)


@pytest.mark.parametrize(
    "column",
    [
        ["1", "５", " 3 "],
        [Decimal(1), Decimal(5), Decimal(3)],
        pd.array([1, 5, 3], dtype="Int8"),
        pd.Categorical([1, 5, 3]),
    ],
)
def test_numbers_are_read_however_they_are_stored(column):
    found = answers.item_answers(ROWS.assign(質問1=column), items=ITEMS)
    assert_array_equal(found, WANTED)
    kept = ROWS.set_index("who")
    assert answers.item_answers(kept, items=ITEMS).index.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("changed", "error", "told"),
    [
        ({"質問1": ["good", "5", "3"]}, ColumnError, "good"),
        ({"質問1": [1, np.inf, 3]}, ColumnError, "inf"),
        ({"質問1": ["nan", "5", "3"]}, ColumnError, "nan"),
        ({"質問1": pd.to_datetime(["2026-01-01"] * 3)}, ColumnError, "times"),
        ({"質問1": [1, 99, 3]}, ScoreRangeError, "99"),
        ({"質問1": [None, None, 1], "質問2": None}, EmptyDataError, "1 of 3"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_item_and_the_value(changed, error, told):
    with pytest.raises(error, match=told):
        answers.item_answers(ROWS.assign(**changed), items=ITEMS, scale=(1, 5))


def test_items_that_are_not_there_or_there_twice():
    with pytest.raises(ColumnError, match="no such column"):
        answers.item_answers(ROWS, items=["質問１"])
    with pytest.raises(ColumnError, match="twice"):
        answers.item_answers(ROWS, items=["質問1", "質問1"])
    with pytest.raises(ColumnError, match="two columns"):
        answers.item_answers(pd.concat([ROWS, ROWS], axis=1), items=ITEMS)


def test_answers_are_turned_around_on_their_scale_alone():
    rows = pd.DataFrame({"a": [1.0, 6.0, np.nan], "b": [2.0, 3.0, 4.0]})
    turned = answers.reversed_answers(rows, reverse=["a"], scale=(1, 6))
    assert_array_equal(turned, [[6, 2], [1, 3], [np.nan, 4]])
    assert answers.reversed_answers(rows, reverse=(), scale=None) is rows
    with pytest.raises(ParameterError, match="scale"):
        answers.reversed_answers(rows, reverse=["a"], scale=None)


def test_other_rows_have_another_fingerprint():
    own = answers.fingerprint(ROWS[ITEMS])
    assert own == answers.fingerprint(ROWS[ITEMS].copy())
    for other in (ROWS[ITEMS][::-1], ROWS[ITEMS].head(2), ROWS[ITEMS].fillna(1)):
        assert own != answers.fingerprint(other)
