"""Tables of columns on which counting in the engine went wrong: NaN, names that differ in capitals,
names that the counting has itself. The answers were worked out by hand."""

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.errors import ColumnError, WeightError
from cxlib.nps.parameters import Parameters
from cxlib.rows.conditions import parse_condition
from cxlib.rows.table import as_table
from cxlib.sources.grouped_rows import is_among

NAN = float("nan")
OF_NAN = {"score": [9.0, 10.0, 3.0, 2.0] * 5, "x": [1.0, 2.0, 1.0, NAN] * 5}
ALIKE = {
    "Score": [0] * 20, "score": [9, 10, 3, 7] * 5, "Wave": ["x", "y"] * 10,
    "wave": ["2026Q1"] * 10 + ["2026Q2"] * 10, "W": [1.0] * 20, "w": [1.0, 5.0] * 10,
}  # fmt: skip
HEAVY = {
    "score": [9, 10, 3, 7, 0, 10, 9, 8, 2, 10] * 30,
    "wave": (["2026Q1"] * 5 + ["2026Q2"] * 5) * 30,
    "words": ["bad"] * 300,
    "id": [f"u{i}" if i % 3 else "heavy" for i in range(300)],
}
OWN = ["n", "who", "people", "all", "now", "waves", "twice", "dirty", "place", "there", "values",
       "cx_rank", "k0", "g0", "w", "_times", "_unread", "_met", "_weights", "_code"]  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def called(data, *, kind="parquet", **given):
        file = tmp_path / f"answers.{kind}"
        if kind == "parquet":  # as Arrow writes it: the file tells least and most of a column
            pq.write_table(pa.table(data), file)
        else:
            pd.DataFrame(data).to_csv(file, index=False)
        usual = {"survey": file, "wave_column": None, "segment": None, "columns": {}}
        p = Parameters(**(usual | given))
        answers = cx.nps.read(p)
        counts = cx.nps.count_scores(
            answers.rows, score=p.score, by=answers.by, unread=answers.unread, **answers.design
        )
        frame = cx.nps.score(counts.where(p.wave_column, answers.wave)).frame
        return p, answers, dict(zip(["n", "nps"], frame[["n", "nps"]].iloc[0], strict=True))

    return called


@pytest.mark.parametrize(
    ("where", "n", "nps"),
    [("x > 1", 5, 100), ("x is not null", 15, 100 / 3), ("x <> 1", 5, 100), ("x < 9", 15, 100 / 3)],
)
def test_nan_in_parquet_meets_no_condition(read, where, n, nps):
    _, _, found = read(OF_NAN, where=where)
    assert found == pytest.approx({"n": n, "nps": nps})


@pytest.mark.parametrize("open_it", [as_table, ibis.read_parquet, duckdb.read_parquet])
def test_nan_is_missing_wherever_it_is_asked_for(tmp_path, open_it):
    pq.write_table(pa.table(OF_NAN), tmp_path / "a.parquet")
    rows = as_table(open_it(str(tmp_path / "a.parquet")))
    wanted = {"x is null": 5, "x is null or x > 1": 10, "not (x = 1)": 5, "x is not null": 15}
    for text, n in wanted.items():
        assert len(parse_condition(text).apply(rows, file="a").rows.execute()) == n
    for values, n in (([None], 5), ([None, 1.0], 15), ([1.0], 10)):
        assert len(rows.filter(is_among(rows.x, values)).execute()) == n
    with pytest.raises(WeightError, match="5 of 20"):
        cx.nps.count_scores(open_it(str(tmp_path / "a.parquet")), score="score", weight="x")


def test_nan_in_parquet_is_no_weight_and_no_person(read):
    with pytest.raises(WeightError, match="5 of 20 weights are missing"):
        read(OF_NAN, columns={"weight": "x"})
    _, answers, _ = read({**OF_NAN, "x": [1.0, 2.0, 3.0, NAN] * 5}, columns={"respondent": "x"})
    people = [each.values["n"] for each in answers.warnings if each.key == "nps.twice_in_wave"]
    assert people in ([], [3])  # three people, and nobody of no number


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("given", "n", "nps"),
    [
        ({}, 20, 25),
        ({"columns": {"weight": "w"}}, 20, 100 * 25 / 60),
        ({"where": '"score" >= 9'}, 10, 100),
        ({"wave_column": "wave"}, 10, 10),
        ({"where": "\"wave\" = '2026Q1'"}, 10, 40),
    ],
)
def test_names_that_differ_in_capitals_are_two_columns(read, kind, given, n, nps):
    _, _, found = read(ALIKE, kind=kind, **given)
    assert found == pytest.approx({"n": n, "nps": nps})


def test_a_frame_with_such_names_is_refused_where_all_of_it_would_be_used():
    with pytest.raises(ColumnError, match="columns 'Score' and 'score', which the engine takes"):
        as_table(pd.DataFrame(ALIKE))


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("values", [["t"] * 300, [1] * 300, [True] * 300], ids=["t", "1", "true"])
def test_a_column_may_be_called_as_the_counting_calls_its_own(read, name, values):
    kind = pa.int8() if type(values[0]) is int else None
    data = {key: pa.array(each) for key, each in HEAVY.items()} | {name: pa.array(values, kind)}
    p, answers, found = read(
        data, wave_column="wave", columns={"respondent": "id", "comment": "words"}
    )
    assert found == pytest.approx({"n": 150, "nps": 40})
    [heavy] = [each for each in answers.warnings if each.key == "common.heavy_respondents"]
    assert "50 of the 150 answers" in heavy.text("en")
    assert "8 of 30" in cx.nps.comments(answers, p).caption.text("en")


@pytest.mark.parametrize("name", ["_times", "_unread", "_met"])
def test_nor_does_such_a_column_of_a_csv_count(read, name):
    _, answers, found = read({"score": [9, 10, 3, 2] * 5, name: [5, 1, 1, 1] * 5}, kind="csv")
    assert (answers.n, found["n"]) == (20, 20)


def test_a_misspelt_score_alone_is_refused_with_the_nearest(read):
    with pytest.raises(ColumnError, match="did you mean 'score'"):
        read({"score": [9, 10, 3]}, score="scor")


def test_missing_scores_of_two_kinds_are_missing(read):
    _, answers, found = read({"score": pa.array([9.0, NAN, None, 7.5])})
    assert (answers.n, found["nps"]) == (1, 100)


def test_what_is_not_a_number_is_no_answer_and_no_comment(read):
    p, answers, _ = read(
        {"score": [3] * 30, "score (2)": [1.0, NAN, None] * 10, "c": [1.0, NAN, None] * 10},
        columns={"comment": "c"},
    )
    [second] = [each for each in answers.warnings if each.key == "sources.second_column"]
    assert second.values["n"] == 10
    assert "8 of 10" in cx.nps.comments(answers, p).caption.text("en")
