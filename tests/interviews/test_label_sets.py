"""Tables of several labels become counts of sets, in both layouts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ColumnError, EmptyDataError, ParameterError

COLUMNS = {"unit": "unit", "coder": "coder", "value": "label"}


def table(*rows):
    return pd.DataFrame(rows, columns=["unit", "coder", "label"])


labels = st.sets(st.sampled_from(["price", "待ち時間", "상담원", "a b"]), max_size=3)
ratings = st.dictionaries(
    st.tuples(st.integers(1, 4), st.sampled_from(["森", "Kim"])), labels, min_size=1, max_size=8
)


@given(ratings, st.sampled_from(["|", ";", " / "]))
@settings(max_examples=40)
def test_both_layouts_give_what_was_rated(given, separator):
    """Independent form: the sets counted out with a dictionary."""
    long = table(*[(u, c, x) for (u, c), sets in given.items() for x in sets or {"none"}])
    cells = table(
        *[(u, c, separator.join(sorted(sets)) or "none") for (u, c), sets in given.items()]
    )
    a = interviews.count_sets(long, **COLUMNS, empty="none")
    b = interviews.count_sets(cells, **COLUMNS, separator=separator, empty="none")
    pd.testing.assert_frame_equal(a, b)
    for unit in a.index:
        for labels in a.columns:
            n = sum(u == unit and frozenset(s) == labels for (u, _), s in given.items())
            assert a.loc[unit, [labels]].item() == n
    assert a.to_numpy().sum() == len(given)


def test_missing_is_not_empty():
    rows = table((1, "K", "x"), (1, "M", None), (2, "K", "-"), (2, "M", "-"), (3, "K", " "))
    found = interviews.count_sets(rows, **COLUMNS, empty="-")
    assert found.index.tolist() == [1, 2]
    assert found[frozenset()].tolist() == [0, 2]
    blank = interviews.count_sets(rows, **COLUMNS, empty="")
    assert frozenset() in blank.columns
    assert blank.loc[3].sum() == 1


def test_blanks_around_labels_and_repeated_ones_do_not_count():
    rows = table((1, "K", " price | wait|price|"), (1, "M", "wait|price"))
    found = interviews.count_sets(rows, **COLUMNS, separator="|")
    assert found.columns.tolist() == [frozenset({"price", "wait"})]
    assert found.to_numpy().tolist() == [[2]]


@pytest.mark.parametrize(
    ("rows", "options", "error", "says"),
    [
        ([(1, "K", "a|b"), (1, "K", "c")], {"separator": "|"}, ColumnError, "has two cells for"),
        ([(1, "K", "a"), (1, "K", "-")], {"empty": "-"}, ColumnError, "both labels and '-'"),
        ([(None, "K", "a")], {}, ColumnError, "1 labels have no unit or no coder"),
        ([(1, "K", None)], {}, EmptyDataError, "no label"),
        ([(1, "K", "a")], {"separator": ""}, ParameterError, "separator=''"),
        ([(1, "K", "a")], {"value": "labels"}, ColumnError, "did you mean 'label'"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(rows, options, error, says):
    with pytest.raises(error, match=says):
        interviews.count_sets(table(*rows), **{**COLUMNS, **options})


def test_sets_feed_alpha():
    """Exact: two units, both coders gave {x, y}, then {x} and {x, y}: Jaccard 1/2."""
    rows = table((1, "K", "x|y"), (1, "M", "y|x"), (2, "K", "x"), (2, "M", "x|y"))
    units = interviews.count_sets(rows, **COLUMNS, separator="|")
    found = interviews.krippendorff_alpha(units, level="jaccard", interval=None)
    # n = 4, observed 2 * 1/2 / 4, expected 2 * 3 * 1 * 1/2 / (4 * 3)
    np.testing.assert_allclose(found.value, 1 - (1 / 4) / (1 / 4))


@pytest.mark.parametrize("cell", ["p|w", "p; w", "p、w", "w / p"])
def test_a_label_that_is_made_of_others_is_refused(cell):
    rows = [(1, "Kim", cell), (1, "Mori", "p"), (2, "Kim", "w"), (2, "Mori", "w")]
    with pytest.raises(ColumnError, match=r"is made of the labels .* give separator="):
        interviews.count_sets(table(*rows), **COLUMNS)
    interviews.count_sets(table(*rows[:2]), **COLUMNS)
    with pytest.raises(ColumnError, match=r"write '#' between the labels of every cell"):
        interviews.count_sets(table(*rows), separator="#", **COLUMNS)
