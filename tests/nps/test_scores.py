"""NPS from rows: the same counts from every kind of input, counts that add, refusals."""

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ColumnError, CxError, EmptyDataError, ParameterError, ScaleError
from tests.nps.answers import ROWS

scores = st.lists(st.integers(0, 10), min_size=1, max_size=60)


def inputs(frame, folder):
    frame.to_csv(folder / "rows.csv", index=False)
    frame.to_parquet(folder / "rows.parquet")
    yield from (
        frame,
        pa.Table.from_pandas(frame),
        folder / "rows.csv",
        str(folder / "rows.parquet"),
        duckdb.from_df(frame),
        ibis.memtable(frame),
    )


def test_every_kind_of_input_gives_the_same_counts(tmp_path):
    wanted = {"2025Q1": (5, 2, 1, 2), "2025Q2": (5, 3, 1, 1)}
    for data in inputs(ROWS, tmp_path):
        counts = nps.count_scores(data, score="score", by="wave")
        found = {
            row.wave: (row.n, row.promoters, row.passives, row.detractors)
            for row in counts.categories().itertuples()
        }
        assert found == wanted
        assert counts.dropped == {"missing": 1, "out_of_range": 1, "not_whole": 1, "no wave": 0}


def test_nps_of_known_counts():
    # Rocks: (40 - 20) / 160 = 12.5 points
    row = nps.score(
        pd.DataFrame({"score": [10] * 40 + [8] * 100 + [2] * 20}), score="score"
    ).frame.iloc[0]
    assert row["nps"] == 12.5
    assert_allclose(row["se"], 100 * np.sqrt(0.359375 / 160), rtol=1e-12)
    assert list(row[["n", "promoters", "passives", "detractors"]]) == [160, 40, 100, 20]


@settings(max_examples=25)
@given(scores, st.randoms())
def test_row_order_changes_nothing(values, random):
    shuffled = random.sample(values, len(values))
    one, two = (
        nps.count_scores(pd.DataFrame({"score": v}), score="score").categories()
        for v in (values, shuffled)
    )
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=25)
@given(scores, scores)
def test_counts_of_parts_add_to_the_counts_of_the_whole(one, two):
    def count(values):
        return nps.count_scores(pd.DataFrame({"score": values}), score="score")

    pd.testing.assert_frame_equal((count(one) + count(two)).frame, count(one + two).frame)


def test_counts_made_differently_do_not_add():
    one, two = (
        nps.count_scores(ROWS, score="score"),
        nps.count_scores(ROWS, score="score", by="wave"),
    )
    with pytest.raises(ParameterError, match="do not add"):
        _ = one + two


@pytest.mark.parametrize("values", [[10], [0], [8], [10] * 50, [0] * 50, [8] * 50])
def test_one_answer_or_one_kind_has_an_interval_with_width(values):
    row = nps.score(pd.DataFrame({"score": values}), score="score").frame.iloc[0]
    assert -100 <= row["ci_low"] < row["ci_high"] <= 100


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"score": "skore"}, ColumnError, "did you mean 'score'"),
        ({"score": "渠道"}, ColumnError, "parse_scores"),
        ({"by": "wav"}, ColumnError, "did you mean 'wave'"),
        ({"scale": (10, 0)}, ParameterError, "the lower first"),
        ({"promoter": 5}, ParameterError, "detractor below promoter"),
        ({"scale": (20, 30), "promoter": 29, "detractor": 26}, EmptyDataError, "20 to 30"),
    ],
)
def test_bad_parameters_are_refused_with_the_next_step(change, error, words):
    with pytest.raises(error, match=words):
        nps.count_scores(ROWS, **({"score": "score"} | change))


def test_a_question_from_1_to_10_is_said_with_the_scale_to_pass():
    rows = pd.DataFrame({"score": [1] * 12 + [9] * 50})
    told = nps.score(nps.count_scores(rows, score="score")).warnings
    assert ["scale=(1, 10)" in str(warning) for warning in told] == [True]
    counts = nps.count_scores(rows, score="score", scale=(1, 10))
    assert (counts.frame["n"].sum(), counts.warnings) == (62, ())


def test_what_ready_counts_cannot_follow_is_refused():
    with pytest.raises(ParameterError, match="scale: ready counts"):
        nps.score(nps.count_scores(ROWS, score="score"), scale=(1, 10))


def test_a_column_named_twice_and_yes_or_no_for_scores_are_refused():
    with pytest.raises(ColumnError, match="twice"):
        nps.compare(ROWS, score="score", between="wave", by="wave")
    with pytest.raises(ColumnError, match="true and false"):  # 1 and 0 would all be detractors
        nps.score(pd.DataFrame({"score": [True, False, None]}), score="score")


def test_answers_off_the_scale_are_a_warning_of_the_result_and_part_of_the_sentence():
    rows = pd.DataFrame({"score": [0, 10, 9, 8, 7] * 8 + [99, 7.5, None], "wave": "1"})
    result = nps.score(rows, score="score")
    assert "n = 40 of 42 answers" in result.summary()
    assert any("2 answers are no whole number from 0 to 10" in str(w) for w in result.warnings)


def test_what_was_left_out_adds_and_follows_the_segments():
    rows = pd.DataFrame({"score": [0, 10, 9, 8, 99] * 8, "wave": ["1"] * 20 + ["2"] * 20})
    parts = [nps.count_scores(part, score="score", by="wave") for _, part in rows.groupby("wave")]
    both = parts[0] + parts[1]
    whole = nps.count_scores(rows, score="score", by="wave")
    for counts in (both, whole):
        assert nps.score(counts).left_out == (8,)
        assert nps.score(counts, by="wave").left_out == (4, 4)
        assert nps.score(counts.where("wave", "2"), by="wave").left_out == (4,)


@pytest.mark.parametrize("points", [range(1, 12), range(1, 6), range(101), (-100, 0, 100)])
def test_other_scales_are_refused_when_counted_too(points):
    rows = pd.DataFrame({"score": [*points] * 30})
    with pytest.raises(CxError):
        nps.count_scores(rows, score="score")


def test_a_shift_counts_eleven_points_right():
    rows = pd.DataFrame({"score": [score + 1 for score in [0, 10, 10, 9, 8, 7, 6, 10, 9, 5] * 4]})
    with pytest.raises(ScaleError, match="scale_shift=-1"):
        nps.score(rows, score="score")
    counts = nps.count_scores(rows, score="score", scale_shift=-1)
    assert nps.score(counts).frame["nps"].tolist() == [20.0]
    with pytest.raises(ParameterError, match="scale_shift=-1"):
        nps.count_scores(rows, score="score", scale=(1, 11))
