"""Frames coded in NumPy beside the engine's GROUP BY: the same cells, whatever the columns hold."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.bias.counts import cells as counts
from cxlib.bias.counts import coded
from cxlib.errors import CxError
from cxlib.rows.table import as_table

TEXTS = st.sampled_from(
    [
        "a",
        "a ",
        " A",
        "ａ",
        "東京",
        "東京　本店",
        "ﾄｳｷｮｳ",
        "トウキョウ",
        "e\u0301",
        "é",
        "1",
        "1.0",
        "True",
    ]
)
VALUES = {
    "text": (TEXTS, "str"),
    "object": (TEXTS, "object"),
    "category": (TEXTS, "category"),
    "gaps": (st.one_of(TEXTS, st.sampled_from([None, float("nan"), " ", "　"])), "object"),
    "whole": (st.integers(-3, 3), "int64"),
    "small": (st.integers(0, 3), "uint8"),
    "float": (st.sampled_from([0.0, 1.0, 1.5, -2.0, 1e20]), "float64"),
    "flags": (st.booleans(), "bool"),
    "numbers": (st.sampled_from([1, 1.0, 2.5]), "object"),
    "mixed": (st.sampled_from([1, "1", 1.0]), "object"),
    "days": (st.sampled_from(["2026-01-01", "2026-02-03T04:05"]), "datetime64[ns]"),
    "grades": (st.integers(1, 3), "category"),
}


@st.composite
def frames(draw):
    rows = draw(st.integers(1, 12))
    columns = {}
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3)):
        values, kind = VALUES[name]
        drawn = draw(st.lists(values, min_size=rows, max_size=rows))
        columns[f"{name}列{len(columns)}"] = pd.Series(drawn, dtype=object).astype(kind)
    weights = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5]), min_size=rows, max_size=rows)
    xs = st.lists(st.sampled_from([0.0, 0.1, 7.0]), min_size=rows, max_size=rows)
    return pd.DataFrame(columns), pd.DataFrame({"w": draw(weights), "x": draw(xs)})


@settings(deadline=None, max_examples=60)
@given(frames(), st.booleans(), st.booleans())
def test_cells_of_a_frame_are_those_of_the_engine(made, weighted, split):
    """The GROUP BY is the reference; both refuse the same, with the same words."""
    named, numbers = made
    by = {
        "margins": list(named),
        "weight": "w" if weighted else None,
        "numeric": ["x"],
        "split": split,
    }
    data = named.join(numbers)
    there, refused = cells_or_refusal(data, by, as_table)
    here, refused_too = cells_or_refusal(data, by, lambda rows: rows)
    assert refused == refused_too
    if not refused:
        pd.testing.assert_frame_equal(here, there, rtol=1e-12)
        assert there["n"].sum() == len(data)


def cells_or_refusal(data, by, place):
    try:
        return counts.cells(place(data), **by), ""
    except CxError as refusal:
        return None, f"{type(refusal).__name__}: {refusal}"


def test_text_is_coded_here_and_anything_else_is_left_to_the_engine():
    rows = pd.DataFrame({"a": ["x", "y"], "day": pd.to_datetime(["2026-01-01", "2026-01-02"])})
    assert coded.read(rows, margins=["a"], numbers=[]) is not None
    assert coded.read(rows, margins=["a", "day"], numbers=[]) is None
    assert coded.read(as_table(rows), margins=["a"], numbers=[]) is None
    assert coded.read(rows, margins=["b"], numbers=[]) is None


def test_objects_that_stand_in_many_rows_are_told_apart_by_their_text():
    """Two objects with one text, as two files make them, are one value."""
    texts = np.array(["".join(["ab", "c"]), "".join(["a", "bc"]), "d", None], dtype=object)
    drawn = np.random.default_rng(1).integers(0, 4, 20_000)
    values = pd.Series(texts[drawn], dtype=object)
    codes, distinct = coded._factorize_objects(values)
    assert sorted(distinct) == ["abc", "d"]
    told = pd.Series(distinct).reindex(codes).tolist()
    assert [None if pd.isna(text) else text for text in told] == values.tolist()


def test_more_combinations_than_a_table_holds():
    """By construction: 40 columns of 4 categories have 4^40 combinations, here 3 of them."""
    rows = pd.DataFrame({f"c{i}": list("abcd"[i % 4 :] + "abcd"[: i % 4]) for i in range(40)})
    found = counts.cells(rows.iloc[[2, 0, 2, 1]], margins=list(rows.columns))
    assert found["m0"].tolist() == ["a", "b", "c"]
    assert found["n"].tolist() == [1, 1, 2]
    pd.testing.assert_frame_equal(
        found, counts.cells(as_table(rows.iloc[[2, 0, 2, 1]]), margins=list(rows.columns))
    )
