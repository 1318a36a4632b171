"""Weights that are written read back to the same numbers, and come to the answers they are of."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ColumnError, ParameterError, WeightError
from cxlib.rows.weight_tables import join_weights, write_weights
from cxlib.sources import read_list

ANSWERS = pd.DataFrame(
    {"回答": ["a1", "a2", "a3", "a4", "a5"], "wave": ["W1", "W1", "W2", "W2", "W2"], "score": 9}
)
WEIGHTS = pd.DataFrame({"回答": ["a3", "a4", "a1"], "weight": ["0.5", "1e-05", "2"]})


def joined(answers=ANSWERS, table=WEIGHTS, weight="weight"):
    return join_weights(answers, table, weight=weight, file="w.csv", wave="wave")


@given(
    st.lists(st.just(0.0) | st.floats(1e-100, 1e9), min_size=1, max_size=20),
    st.sampled_from(["csv", "parquet"]),
)
def test_weights_read_back_to_the_same_numbers(tmp_path_factory, weights, kind):
    path = tmp_path_factory.mktemp("weights") / f"w.{kind}"
    ids = pd.Series([f"0{i}" for i in range(len(weights))], name="id")
    write_weights(ids, pd.Series(weights), path)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    found = join_weights(
        pd.DataFrame({"id": ids[::-1]}), read_list(path).frame, weight="weight", file=path.name
    )
    assert found.rows["weight"].tolist() == weights[::-1]


def test_answers_without_a_weight_are_left_out_and_told():
    found = joined()
    assert found.rows["回答"].tolist() == ["a1", "a3", "a4"]
    assert found.rows["weight"].tolist() == [2.0, 0.5, 1e-05]
    assert found.left_out == 2
    assert [str(said) for said in found.warnings] == [
        "2 of 5 answers have no weight in w.csv and are left out: the weighted score is of the "
        "others alone. Where w.csv was made from fewer answers, make it again from this survey."
    ]


def test_waves_without_weights_and_weights_without_answers_are_told():
    table = pd.DataFrame({"回答": ["a3", "a4", "a5", "b1"], "weight": 1.0})
    found = joined(table=table)
    assert [str(said)[:50] for said in found.warnings] == [
        "1 of 4 ids in w.csv are no answers of this survey ",
        "No answer of W1 has a weight in w.csv: nothing is ",
    ]
    assert found.left_out == 2


@pytest.mark.parametrize(
    ("answers", "table", "error", "said"),
    [
        (ANSWERS, WEIGHTS.rename(columns={"weight": "w"}), ColumnError, "columns.weight='weight'"),
        (ANSWERS, WEIGHTS.rename(columns={"回答": "id"}), ColumnError, "shares no column"),
        (ANSWERS, WEIGHTS.assign(wave="W1"), ColumnError, "2 columns that the survey has too"),
        (ANSWERS.assign(weight=1), WEIGHTS, ColumnError, "both have this column"),
        (ANSWERS, WEIGHTS.assign(回答=["a1", "a1", "a2"]), WeightError, "'a1' is there 2 times"),
        (ANSWERS, WEIGHTS.assign(回答=["a1", None, "a2"]), WeightError, "1 rows have no 回答"),
        (ANSWERS.assign(回答="a1"), WEIGHTS, WeightError, "the survey: .* is there 5 times"),
        (ANSWERS, WEIGHTS.assign(回答=["x", "y", "z"]), WeightError, "none of its 3 ids"),
        (ANSWERS, WEIGHTS.assign(weight=[1, "NA", 2]), WeightError, "first: 'NA'"),
        (ANSWERS, WEIGHTS.assign(weight=[1, -1, 2]), WeightError, "first: -1"),
    ],
)
def test_weights_that_cannot_be_joined(answers, table, error, said):
    with pytest.raises(error, match=said):
        joined(answers, table)


def test_a_missing_weight_stays_missing_for_the_study_to_refuse():
    found = joined(table=WEIGHTS.assign(weight=[1.0, None, 2.0]))
    assert [math.isnan(each) for each in found.rows["weight"]] == [False, False, True]


@pytest.mark.parametrize(
    ("ids", "name", "error", "said"),
    [
        (["a", "a"], "w.csv", WeightError, "'a' is there 2 times"),
        (["a", None], "w.csv", WeightError, "1 rows have no id"),
        (["a", '=HYPERLINK("x")'], "w.csv", WeightError, "run as a formula"),
        (["a", "b"], "w.xlsx", ParameterError, ".csv or .parquet"),
        (["a", "b"], "there/w.csv", ParameterError, "cannot be written"),
    ],
)
def test_what_is_not_written(tmp_path, ids, name, error, said):
    (tmp_path / "there").write_text("a file")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error, match=said):
        write_weights(pd.Series(ids, name="id"), pd.Series([1.0, 2.0]), tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_last_weights_stay_where_new_ones_cannot_be_written(tmp_path):
    path = tmp_path / "w.csv"
    write_weights(pd.Series(["-5", "+81"], name="id"), pd.Series([1.0, 2.0]), path)
    with pytest.raises(WeightError):
        write_weights(pd.Series(["a", "a"], name="id"), pd.Series([1.0, 2.0]), path)
    assert path.read_text(encoding="utf-8") == "id,weight\n-5,1.0\n+81,2.0\n"
