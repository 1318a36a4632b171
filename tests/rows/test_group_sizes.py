"""The groups that are counted are those that `only` asks for: each row is in one of them, once."""

import datetime as dt

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.rows import names
from cxlib.rows.conditions import choose
from cxlib.rows.group_sizes import count_groups

HOSTILE = [
    "O'Brien",
    "x' or '1'='1",
    '"',
    "\\",
    "\\' or 1=1 --",
    "{x}",
    "{{x}}",
    "%",
    "_",
    "\u202eabc",
    "ＡＢＣ",
    "ABC",
    "abc",
    "が",
    "か\u3099",
    "007",
    "7",
    "7.0",
    " 7",
    "NULL",
    "nan",
    "None",
    "true",
    "True",
    "2026-01-31",
    "2026-01-31 00:00:00",
    "'; drop table x; --",
    "=1+1",
    "<b>",
    "\x1b[31m",
    "🙂",
]
VALUES = st.one_of(
    st.none(),
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
)


def is_a_partition(rows, column):
    """Return the sizes, after each group has selected the rows that were counted for it."""
    sizes = count_groups(rows, by=[column], unit="rows").n
    seen = pd.Series(0, rows.index)
    for (group,), n in sizes.items():
        if group is None:
            continue
        kept = choose(None, {column: group}).keep(rows)
        assert kept.sum() == n, group
        seen += kept.astype(int)
    missing = sizes.get((None,), 0)
    assert set(seen) <= {0, 1}
    assert (seen == 0).sum() == missing
    assert sum(sizes.values()) == len(rows)
    return sizes


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=12))
def test_texts_select_exactly_their_rows_and_no_row_is_lost(values):
    rows = pd.DataFrame({"who": pd.Series(values, dtype=object)})
    is_a_partition(rows, "who")


def test_hostile_words_select_exactly_their_rows():
    rows = pd.DataFrame({"who": [*HOSTILE, None, "", "　"]})
    sizes = is_a_partition(rows, "who")
    assert sizes[("O'Brien",)] == 1
    assert sizes[("ABC",)] == 2  # full-width letters are the same name
    assert sizes[("が",)] == 2  # as is a letter in two pieces
    assert (sizes[("abc",)], sizes[("007",)], sizes[("7",)]) == (1, 1, 2)  # " 7" is 7, 007 is not
    assert sizes[(None,)] == 3


@pytest.mark.parametrize(
    ("values", "asked", "n"),
    [
        (pd.Series([7, 7, 8]), "7", 2),
        (pd.Series([7, 7, 8]), 7, 2),
        (pd.Series([7, 7, 8]), "007", 0),
        (pd.Series([7.0, None, 7.5]), 7, 1),
        (pd.Series([7.0, None, 7.5]), "7.5", 1),
        (pd.Series([True, False, True]), "true", 2),
        (pd.Series([True, None, True], dtype="boolean"), True, 2),
        (pd.Series([dt.date(2026, 7, 1), dt.date(2026, 7, 2)]), "2026-07-01", 1),
        (pd.Series([dt.date(2026, 7, 1), None]), dt.date(2026, 7, 1), 1),
        (
            pd.Series([pd.Timestamp("2026-07-01"), pd.Timestamp("2026-07-01 09:30")]),
            "2026-07-01",
            1,
        ),
        (pd.Series(["a", "b", "a"], dtype="category"), "a", 2),
        (pd.Series([2**60, 2**60 + 1]), str(2**60 + 1), 1),
    ],
)
def test_columns_of_any_type_are_asked_by_their_names(values, asked, n):
    rows = pd.DataFrame({"who": values})
    assert choose(None, {"who": asked}).keep(rows).sum() == n
    is_a_partition(rows, "who")
    with_engine = choose(None, {"who": asked}).filter(ibis.memtable(rows)).count().execute()
    assert with_engine == n


def test_several_columns_must_all_fit_and_the_condition_too():
    rows = pd.DataFrame(
        {"who": ["a", "a", "b", None], "kind": ["x", "y", "x", "x"], "n": [1, 2, 3, 4]}
    )
    assert choose(None, {"who": "a", "kind": "x"}).keep(rows).tolist() == [1, 0, 0, 0]
    either = choose("n = 4 or n = 2", {"who": "a"})
    assert either.keep(rows).tolist() == [0, 1, 0, 0]
    assert str(either) == "(n = 4 or n = 2) and who = 'a'"
    sizes = count_groups(rows, by=["who", "kind"], unit="rows").n
    assert sizes == {("a", "x"): 1, ("a", "y"): 1, ("b", "x"): 1, (None, "x"): 1}
    assert count_groups(rows, by=["kind"], unit="people", distinct="who").n == {
        ("x",): 2,
        ("y",): 1,
    }


@given(VALUES.filter(lambda value: names.name(value) is not None))
@settings(max_examples=30, deadline=None)
def test_the_value_itself_selects_as_its_name_does(value):
    rows = pd.DataFrame({"who": [value, "another one"]})
    assert choose(None, {"who": value}).keep(rows)[0]
    assert choose(None, {"who": names.name(value)}).keep(rows)[0]
