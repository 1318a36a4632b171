"""Tables of answers by score are told by what they hold, not by what a column is called."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.rows.tallies import find_tally, refuse_tally

WAVES = ["2025Q4", "2026Q1", "2026Q2"]
COUNTS = [(3 * k + 7 * (k % 4)) % 23 for k in range(33)]


def long():
    rows = itertools.product(WAVES, range(11))
    frame = pd.DataFrame(rows, columns=["wave", "q"])
    return frame.assign(x=COUNTS)


@pytest.mark.parametrize("name", ["x", "respuestas", "Häufigkeiten", "value", "Sum of 1"])
def test_a_table_by_score_and_wave_is_refused_and_the_advice_reads_it(name, tmp_path, monkeypatch):
    frame = long().rename(columns={"x": name})
    with pytest.raises(ParameterError, match=r"to_csv\('answers.csv'"):
        refuse_tally(frame, Path("s.csv"), score="q")
    assert find_tally(frame[frame[name] > 0], "q").total == sum(COUNTS)
    assert find_tally(frame.assign(share=0.5), "q").counts == (name,)


def test_a_crossed_table_is_refused(tmp_path):
    wide = long().pivot_table(index="q", columns="wave", values="x").astype(int).reset_index()
    found = find_tally(wide, "q")
    assert (found.counts, found.total) == (tuple(WAVES), sum(COUNTS))
    with pytest.raises(ParameterError, match="melt"):
        refuse_tally(wide, Path("s.csv"), score="q")


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(18, 80)), min_size=25, max_size=60))
def test_answers_of_people_with_an_age_are_no_table(answered):
    frame = pd.DataFrame(answered, columns=["score", "age"])
    assert find_tally(frame, "score") is None
    assert find_tally(frame.assign(wave="2026Q1", id=frame.index + 1), "score") is None


def test_ids_are_no_counts():
    frame = pd.DataFrame({"score": range(11), "id": [k * 7919 % 1000 for k in range(11)]})
    assert find_tally(frame, "score") is None
    assert (
        find_tally(frame.rename(columns={"id": "person"}).assign(person=range(100, 111)), "score")
        is None
    )


def test_full_width_numbers_are_numbers():
    frame = long().assign(
        x=[f"{n:02}".translate({48 + k: 0xFF10 + k for k in range(10)}) for n in COUNTS]
    )
    assert find_tally(frame, "q").total == sum(COUNTS)
