"""Codes that meet: by hand on a small corpus, and against a count by sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxlib import interviews


def test_codes_that_meet(small):
    found = interviews.cooccurrence(small)
    row = found.frame.iloc[0]
    assert len(found.frame) == 1
    assert (row["code_a"], row["code_b"]) == ("late delivery", "長い待ち時間")
    assert row[
        ["interviews", "units", "interviews_a", "interviews_b", "units_a", "units_b"]
    ].tolist() == [2, 2, 2, 2, 2, 3]
    assert row["jaccard"] == 2 / 3
    assert row["overlapping_spans"] == 3  # a.txt by both coders, c.txt by Mori
    assert found.summary() == (
        "Pairs of codes that share a turn: 1. In most interviews, 2 of 3, these: “late delivery” "
        "with “長い待ち時間”."
    )
    assert "長い待ち時間" in {
        tick.get_text() for ax in [found.plot()] for tick in ax.get_yticklabels()
    }


def test_turns_of_each_pair_equal_a_count_by_sets(build):
    """Independent form: sets of codes a unit, counted in plain Python."""
    rng = np.random.default_rng(5)
    rows = [
        (f"d{d}", t, f"c{c}", "M")
        for d in range(6)
        for t in range(8)
        for c in range(5)
        if rng.random() < 0.3
    ]
    found = interviews.cooccurrence(build({f"d{d}": 8 for d in range(6)}, rows)).frame
    sets: dict[tuple, set] = {}
    for document, unit, code, _ in rows:
        sets.setdefault((document, unit), set()).add(code)
    for row in found.itertuples():
        where = [key for key, codes in sets.items() if {row.code_a, row.code_b} <= codes]
        assert row.units == len(where) == row.overlapping_spans
        assert row.interviews == len({document for document, _ in where})


def test_nothing_meets(build):
    found = interviews.cooccurrence(build({"a": 2}, [("a", 0, "x", "M"), ("a", 1, "y", "M")]))
    assert found.frame.empty
    assert found.summary() == "No two codes share a turn."
    assert found.plot().get_title(loc="left") == "No two codes share a turn."


SPAN = st.tuples(
    st.sampled_from(["d1", "d2"]),
    st.integers(0, 40),
    st.integers(1, 12),
    st.sampled_from("xyz"),
    st.sampled_from("KM"),
)


@given(st.lists(SPAN, min_size=1, max_size=25))
def test_overlapping_spans_equal_a_count_of_all_pairs(build, spans):
    corpus = build({"d1": 6, "d2": 6}, [(d, 0, code, who) for d, _, _, code, who in spans])
    rows = corpus.codings.assign(
        start=[start for _, start, *_ in spans], end=[start + n for _, start, n, *_ in spans]
    )
    found = interviews.cooccurrence(replace(corpus, codings=rows), rule="any").frame
    different = set(rows[["document", "start", "end", "code", "coder"]].itertuples(index=False))
    for row in found.itertuples():
        met = [
            (a, b)
            for a in different
            for b in different
            if (a.document, a.coder) == (b.document, b.coder)
            and (a.code, b.code) == (row.code_a, row.code_b)
            and a.start < b.end
            and b.start < a.end
        ]
        assert row.overlapping_spans == len(met)
