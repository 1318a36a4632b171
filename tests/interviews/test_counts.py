"""Spans on units, and where a code counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews.counts import grid, overlaps


def test_an_interview_in_which_only_interviewers_speak_is_left_out_and_said(build):
    corpus = build({"a": 2, "b": 2}, [("a", 0, "x", "M"), ("b", 0, "x", "K")])
    alone = replace(corpus, units=corpus.units[corpus.units["document"] == "a"])
    assert interviews.prevalence(alone).frame["n"].tolist() == [1]
    assert interviews.cooccurrence(alone).frame.empty
    with pytest.raises(ParameterError, match="rule='K' is neither"):
        interviews.prevalence(alone, rule="K")


def test_spans_meet_turns_at_their_edges(build):
    """Units are [0, 9), [10, 19), …: code point 9 belongs to none."""
    corpus = build({"a": 3, "b": 2}, [("a", 0, "x", "Mori")])
    spans = pd.DataFrame(
        {
            "document": ["a", "a", "a", "b", "a"],
            "start": [0, 8, 9, 0, 0],
            "end": [10, 11, 10, 1, 30],
        }
    )
    row, unit = overlaps(spans, corpus.units, corpus.documents)
    assert list(zip(row, unit, strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (3, 3),
        (4, 0),
        (4, 1),
        (4, 2),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 39), st.integers(1, 40)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=60)
def test_spans_meet_turns_as_the_definition_says(build, spans):
    corpus = build({"a": 4, "b": 4}, [("a", 0, "x", "Mori")])
    rows = pd.DataFrame(
        [(d, s, min(s + n, 40)) for d, s, n in spans], columns=["document", "start", "end"]
    )
    found = set(zip(*overlaps(rows, corpus.units, corpus.documents), strict=True))
    both = {
        (i, j)
        for i, a in enumerate(rows.itertuples())
        for j, b in enumerate(corpus.units.itertuples())
        if a.document == b.document and max(a.start, b.start) < min(a.end, b.end)
    }
    assert found == both


def test_rules_decide_where_a_code_counts(small):
    laid_out = grid(small)
    late = laid_out.codes.index("late delivery")
    where = {
        rule: np.flatnonzero(laid_out.presence(rule)[:, late]).tolist()
        for rule in ("majority", "any", "all", "Kim")
    }
    assert where == {"majority": [0, 9], "any": [0, 6, 9], "all": [0, 9], "Kim": [0]}
    assert laid_out.base("Kim").tolist() == [True, True, False]
    with pytest.raises(ParameterError, match="did you mean 'Kim'"):
        laid_out.presence("Kin")


def test_a_theme_counts_where_one_of_its_codes_does_for_a_coder(build):
    """Two coders who chose different codes of a theme agree on the theme; what is settled holds."""
    corpus = build({"a": 3}, [("a", 0, "x", "K"), ("a", 0, "y", "M"), ("a", 1, "x", "K")])
    decided = [("a", 0, 9, "x", False), ("a", 0, 9, "y", False), ("a", 20, 29, "y", True)]
    decisions = pd.DataFrame(decided, columns=["document", "start", "end", "code", "holds"])
    both = [np.array([0, 1])]
    laid_out = grid(corpus)
    assert laid_out.presence_of(both, "majority")[:, 0].tolist() == [True, False, False]
    assert laid_out.presence_of(both, "any")[:, 0].tolist() == [True, True, False]
    settled = grid(replace(corpus, decisions=decisions))
    assert settled.presence_of(both, "any")[:, 0].tolist() == [False, True, True]
    assert settled.presence_of(both, "K")[:, 0].tolist() == [True, True, False]


def test_values_of_an_ordered_categorical_keep_its_order():
    order = ["low", "mid", "high"]
    given = ["low", "high", "mid", "low"]
    data = pd.DataFrame({"u": [1, 1, 2, 2], "c": ["A", "B", "A", "B"], "v": given})
    values = pd.Categorical(given, categories=order, ordered=True)
    counted = interviews.count_values(data.assign(v=values), unit="u", coder="c", value="v")
    assert list(counted.columns) == order
    plain = interviews.count_values(data, unit="u", coder="c", value="v")
    a = interviews.krippendorff_alpha(counted, level="ordinal", interval=None)
    b = interviews.krippendorff_alpha(plain, level="ordinal", order=order, interval=None)
    assert a.value == b.value
