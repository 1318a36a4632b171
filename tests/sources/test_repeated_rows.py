"""Rows that are the same in all columns are told where an id says that they are no chance."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import read_survey
from cxlib.sources.repeated_rows import warn_of_identical


@given(st.sets(st.integers(0, 10**6), min_size=12), st.data())
def test_rows_given_twice_are_counted(ids, data):
    rows = pd.DataFrame({"id": sorted(ids), "score": 9, "why": None})
    again = data.draw(st.lists(st.sampled_from(sorted(ids)), min_size=1, unique=True))
    both = pd.concat([rows, rows[rows["id"].isin(again)]], ignore_index=True)
    (said,) = warn_of_identical(both.sample(frac=1, random_state=1))
    assert said.values["n"] == len(again)
    assert said.values["column"] == "id"
    assert not warn_of_identical(rows)


@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from("AB")), max_size=60))
def test_answers_without_an_id_may_be_equal(answered):
    assert not warn_of_identical(pd.DataFrame(answered, columns=["score", "wave"]))


@pytest.mark.parametrize("score", ["9", "10"])
def test_an_export_put_twice_into_one_file_is_flagged(tmp_path, score):
    lines = [f"{k},{score}\n" for k in range(20)]
    path = tmp_path / "s.csv"
    path.write_text("id,score\n" + "".join(lines * 2), encoding="utf-8")
    survey = read_survey(path)
    assert len(survey.frame) == 40
    assert "20 rows are equal to another one in all 2 columns" in str(survey.warnings[0])
