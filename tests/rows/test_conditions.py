"""Conditions keep the rows they say, on a frame and in the engine alike, and tell what they left
out."""

import datetime as dt

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.comparisons import Between, Compare, Every, Like, Missing, Not, OneOf, Operator, Some
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.rows.conditions import Condition, parse_condition

ROWS = pd.DataFrame(
    {
        "country": ["JP", "KR", None, "JP ", "ＪＰ", "jp"],
        "csat": [5, 1, 3, None, 4, 2],
        "code": ["007", "8", "n/a", "8", None, "9"],
        "age": ["30", "9", "100", None, "41", "8"],
        "active": [True, False, None, True, True, False],
        "day": ["2026-01-30", "2026-01-31", "2026-02-01", None, "2026-02-01", "2026-03-01"],
        "at": ["2026-01-30 09:00", "2026-01-31 23:59", "2026-02-01 00:00", None, None, None],
        "seen": pd.to_datetime(["2026-01-31 23:59"] * 3 + ["2026-02-01 00:00"] * 3),
        "kind": pd.Categorical(["a", "b", "a", "b", None, "a"]),
        "plan": ["a", "b", "a", "b", "  ", ""],
    },
    index=list("uvwxyz"),
)


def kept(text, rows=ROWS):
    mask = parse_condition(text).keep(rows)
    assert mask.index.equals(rows.index)
    assert mask.dtype == bool
    return "".join(rows.index[mask])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("country = 'JP'", "uxy"),  # white space and width are no difference, capital letters are
        ("country = 'ＪＰ '", "uxy"),
        ("country <> 'JP'", "vz"),  # a missing one is neither
        ("not country = 'JP'", "vz"),
        ("country is null", "w"),
        ("country is not null", "uvxyz"),
        ("country in ('JP', 'KR')", "uvxy"),
        ("country not in ('JP')", "vz"),
        ("country like 'J%'", "uxy"),
        ("country = 'KR' or csat is null", "vx"),
        ("csat >= 4", "uy"),
        ("csat between 2 and 4", "wyz"),
        ("csat in (1, 2.0)", "vz"),
        ("csat <> 5", "vwyz"),
        ("code = '8'", "vx"),
        ("age > 9", "uwy"),  # text that is a number throughout: not '100' < '9'
        ("active = true", "uxy"),
        ("active <> true", "vz"),
        ("day <= '2026-01-31'", "uv"),
        ("at <= '2026-01-31'", "uv"),  # all of the day
        ("at = '2026-01-31'", "v"),
        ("at > '2026-01-31'", "w"),
        ("at >= '2026-01-31 23:59'", "vw"),
        ("seen <= '2026-01-31'", "uvw"),
        ("seen <> '2026-02-01'", "uvw"),
        ("seen between '2026-02-01' and '2026-02-28'", "xyz"),
        ("kind = 'a'", "uwz"),
        ("plan is null", "yz"),
        ("plan <> 'a'", "vx"),
    ],
)
def test_the_rows_that_meet_a_condition(text, rows):
    assert kept(text) == rows
    table = ibis.memtable(ROWS.assign(row=list("uvwxyz")).reset_index(drop=True))
    found = parse_condition(text).filter(table)
    assert "".join(sorted(found.execute()["row"])) == rows


@pytest.mark.parametrize(
    ("text", "said", "instead"),
    [
        ("csat = '5'", "holds numbers, not text; write it without quotes, 5", "csat = 5"),
        ("age = '30'", "holds numbers, not text; write it without quotes, 30", "age = 30"),
        ("code = 8", "holds text, not 8; write it in single quotes, '8'", "code = '8'"),
        ("country = true", "write it in single quotes, 'true'", None),
        ("active = 'yes'", "true and false, not 'yes'; write = true or = false", "active = true"),
        ("active = 1", "true and false, not 1; write = true or = false", "active = true"),
        ("csat = 'low'", "holds numbers, not 'low'; write a number without quotes", "csat = 1"),
        ("csat = true", "holds numbers, not True", "csat = 1"),
        ("code > '7'", "text, which has no order to compare by with >", "code in ('8', '9')"),
        ("code between '7' and '9'", "text, which has no order", "code in ('8', '9')"),
        ("at = 'yesterday'", "holds times, not 'yesterday'; write '2026-01-31' or", None),
        ("at > 5", "holds times, not 5; write '2026-01-31' or '2026-01-31 09:30'", None),
        ("at = '2026-02-30'", "holds times, not '2026-02-30'", None),
        ("at like '2026%'", "like is for text; name a span", "at between '2026-01-01' and "
         "'2026-12-31'"),
        ("csat like '5'", "like is for text", "csat = 5"),
        ("countri = 'JP'", "did you mean 'country'", "country = 'JP'"),
        ("Country = 'JP'", "did you mean 'country'", "country = 'JP'"),
        ("COUNTRY = 'JP'", "did you mean 'country'", "country = 'JP'"),
    ],
)  # fmt: skip
def test_values_of_another_kind_are_refused_with_what_to_write(text, said, instead):
    with pytest.raises(ColumnError, match=said.replace("'", "'")) as refused:
        kept(text)
    assert "where=" in str(refused.value)
    if instead:
        assert kept(instead)


def applied(text, rows=ROWS):
    found = parse_condition(text).apply(rows, file="a.csv")
    return found, [str(note) for note in found.notes], [str(flag) for flag in found.warnings]


def test_what_is_left_out_is_counted_and_said_with_the_condition():
    found, notes, flags = applied("csat >= 3")
    assert (found.n, found.left_out, "".join(found.rows.index)) == (6, 3, "uwy")
    assert notes == [
        "Rows of a.csv that meet the condition csat >= 3: 3 of 6; the others are left out.",
        "In 1 row of a.csv that the condition leaves out, something is missing that it asks about "
        "('csat').",
    ]
    assert not flags


def test_a_condition_that_leaves_nothing_out_says_so():
    _, notes, _ = applied("csat > 0 or csat is null")
    assert notes == [
        "All 6 rows of a.csv meet the condition csat > 0 or csat is null: it leaves nothing out."
    ]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("not country in ('KRR')", "asks for 'KRR', which column 'country' does not have; there is "
         "'KR'."),
        ("plan <> 'c' and plan <> 'zzzz'", "asks for 'zzzz', which column 'plan' does not have."),
        ("country = 'JP'", "column 'country' also has 'jp', which it does not count as the same"),
    ],
)  # fmt: skip
def test_a_value_that_no_row_has_or_some_write_otherwise_is_flagged(text, flag):
    assert flag in " ".join(applied(text)[2])


def test_a_condition_that_no_row_meets_is_refused_with_the_nearest_value():
    with pytest.raises(EmptyDataError, match=r"none of the 6 rows of 'a\.csv' meets it \(.*'KR'"):
        applied("country = 'KRR'")
    with pytest.raises(EmptyDataError, match="give where_answers=None for all rows"):
        parse_condition("csat > 10", parameter="where_answers").apply(ROWS, file="a.csv")


def test_instants_are_compared_with_days_of_the_zone():
    instants = pd.to_datetime(["2026-01-30T16:00Z", "2026-01-31T15:30Z"])  # 31st 01:00, 1st 00:30
    table = ibis.memtable(pd.DataFrame({"at": instants, "row": [1, 2]}))
    asked = parse_condition("at = '2026-01-31'")
    assert asked.filter(table, zone="Asia/Tokyo").execute()["row"].tolist() == [1]
    assert asked.filter(table, zone="UTC").execute()["row"].tolist() == [2]


def test_a_condition_names_its_columns_and_is_no_code():
    asked = parse_condition("a = 1 and (b is null or not a > 5)")
    assert asked.columns == ("a", "b")
    assert str(asked) == asked.text
    with pytest.raises(ParameterError, match="no place"):
        parse_condition("system('x') = 1")


def test_long_lists_are_no_trouble():
    listed = ", ".join(f"'c{n}'" for n in range(2_000))
    rows = pd.DataFrame({"id": [f"c{n}" for n in range(3_000)]})
    assert parse_condition(f"id in ({listed})").keep(rows).sum() == 2_000


@pytest.mark.parametrize(
    "column",
    [
        pytest.param([[1], [2]], id="lists"),
        pytest.param([pd.Timedelta(1), pd.Timedelta(2)], id="spans"),
        pytest.param([dt.time(1), dt.time(2)], id="times of day"),
    ],
)
def test_columns_of_another_kind_are_refused(column):
    with pytest.raises(ColumnError, match="there is no comparing with"):
        parse_condition("a = 1").keep(pd.DataFrame({"a": column}))


# the condition read by a few lines of Python, by the logic of three values
VALUES = {"t": ["x", "y", None], "n": [1, 2, None]}
TERMS = st.recursive(
    st.one_of(
        st.builds(Compare, st.just("t"), st.sampled_from([*Operator][:2]), st.sampled_from("xyz")),
        st.builds(Compare, st.just("n"), st.sampled_from([*Operator]), st.integers(0, 3)),
        st.builds(OneOf, st.just("n"), st.lists(st.integers(0, 3), min_size=1).map(tuple)),
        st.builds(OneOf, st.just("t"), st.lists(st.sampled_from("xyz"), min_size=1).map(tuple)),
        st.builds(Between, st.just("n"), st.integers(0, 3), st.integers(0, 3)),
        st.builds(Like, st.just("t"), st.sampled_from(["x%", "%", "_", "y"])),
        st.builds(Missing, st.sampled_from("tn")),
    ),
    lambda terms: st.one_of(
        st.builds(Not, terms),
        st.builds(Every, st.lists(terms, min_size=2, max_size=3).map(tuple)),
        st.builds(Some, st.lists(terms, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
COMPARE = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def truth(term, row):
    """Return True, False or None (not known), as SQL's standard has it."""
    if isinstance(term, Not):
        inner = truth(term.term, row)
        return None if inner is None else not inner
    if isinstance(term, Every | Some):
        parts, decides = [truth(part, row) for part in term.terms], isinstance(term, Some)
        return decides if decides in parts else None if None in parts else not decides
    value = row[term.column]
    if isinstance(term, Missing):
        return value is None
    if value is None:
        return None
    if isinstance(term, OneOf):
        return value in term.values
    if isinstance(term, Between):
        return term.low <= value <= term.high
    if isinstance(term, Like):
        return {"x%": value == "x", "%": True, "_": True, "y": value == "y"}[term.pattern]
    return COMPARE[term.operator](value, term.value)


def as_text(term):
    if isinstance(term, Not):
        return f"not ({as_text(term.term)})"
    if isinstance(term, Every | Some):
        word = " and " if isinstance(term, Every) else " or "
        return word.join(f"({as_text(part)})" for part in term.terms)
    if isinstance(term, Missing):
        return f"{term.column} is null"
    if isinstance(term, OneOf):
        return f"{term.column} in ({', '.join(map(repr, term.values))})"
    if isinstance(term, Between):
        return f"{term.column} between {term.low} and {term.high}"
    if isinstance(term, Like):
        return f"{term.column} like '{term.pattern}'"
    return f"{term.column} {term.operator} {term.value!r}"


@settings(max_examples=25)
@given(TERMS)
def test_any_condition_keeps_what_the_logic_of_three_values_keeps(term):
    rows = pd.DataFrame([{"t": t, "n": n} for t in VALUES["t"] for n in VALUES["n"]])
    given_rows = [{"t": t, "n": n} for t in VALUES["t"] for n in VALUES["n"]]
    expected = [truth(term, row) for row in given_rows]
    assert parse_condition(as_text(term)).keep(rows).tolist() == [met is True for met in expected]
    if True in expected:
        found = Condition("", term).apply(rows, file="a.csv")
        missing = [n for n in found.notes if n.key == "common.where_missing"]
        assert sum(n.values["n"] for n in missing) == expected.count(None)
