"""A condition is read in SQL's comparisons and nothing else; what was meant in Python is said."""

import ast
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxlib.comparisons import (
    MOST_COMPARISONS,
    Between,
    Compare,
    Every,
    Like,
    Missing,
    Not,
    OneOf,
    Operator,
    Some,
    columns_of,
    comparisons,
    parse_comparisons,
)
from cxlib.errors import CxError, ParameterError
from cxlib.sql_spelling import sql_spelling

EQUAL, UNEQUAL, ABOVE = Operator.EQUAL, Operator.UNEQUAL, Operator.ABOVE
JP = Compare("country", EQUAL, "JP")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("country = 'JP'", JP),
        ("\"country\" = 'JP'", JP),
        ("'JP' = country", JP),
        ("5 < csat", Compare("csat", ABOVE, 5)),
        ("(country='JP')", JP),
        ("country <> 'JP'", Compare("country", UNEQUAL, "JP")),
        ("country != 'JP'", Compare("country", UNEQUAL, "JP")),
        ("\"お 国\" = '日本'", Compare("お 国", EQUAL, "日本")),
        ("나라 = '한국'", Compare("나라", EQUAL, "한국")),
        ("देश = 'भारत'", Compare("देश", EQUAL, "भारत")),
        ("who = 'it''s'", Compare("who", EQUAL, "it's")),
        ('"a ""b""" = 1', Compare('a "b"', EQUAL, 1)),
        ("a = -5", Compare("a", EQUAL, -5)),
        ("a = 1.5", Compare("a", EQUAL, 1.5)),
        ("a = true", Compare("a", EQUAL, True)),
        ("a in ('x', 'y')", OneOf("a", ("x", "y"))),
        ("a not in (1)", Not(OneOf("a", (1,)))),
        ("a between 1 and 2", Between("a", 1, 2)),
        ("a not between 1 and 2", Not(Between("a", 1, 2))),
        ("a like 'J%'", Like("a", "J%")),
        ("a not like 'J%'", Not(Like("a", "J%"))),
        ("a is null", Missing("a")),
        ("a is not null", Not(Missing("a"))),
        ("not a = 1", Not(Compare("a", EQUAL, 1))),
        (
            "country = 'JP' and (a is null or not a like '_')",
            Every((JP, Some((Missing("a"), Not(Like("a", "_")))))),
        ),
        (
            "a = 1 or a = 2 and country = 'JP'",  # and binds closer
            Some((Compare("a", EQUAL, 1), Every((Compare("a", EQUAL, 2), JP)))),
        ),
    ],
)
def test_what_is_allowed(text, term):
    assert parse_comparisons(text) == term


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lower(country) = 'jp'", "a function has no place"),
        ("coalesce(a, 1) = 1", "a function has no place"),
        ("date = current_date", "a function has no place"),
        ("read_csv('x') = 1", "a function has no place"),
        ("cast(a as int) = 1", "a cast has no place"),
        ("a::int = 1", ": at position 2"),
        ("a in (select b from c)", "in takes a list of values"),
        ("exists(select 1)", "a query has no place"),
        ("select 1", "a query has no place"),
        ("a + 1 = 2", "arithmetic"),
        ("a * 2 = 2", r"\* at position 3"),
        ("a % 2 = 0", "% at position 3"),
        ("a = 1 -- all", "-- at position 7: a condition has no comments"),
        ("a = 1 /* all */", r"/\* at position 7: a condition has no comments"),
        ("a = 1; drop table b", "; at position 6: give one condition, and nothing after it"),
        ("a = ?", r"\? at position 5"),
        ("a = $1", r"\$ at position 5"),
        ("a = $$b$$", r"\$ at position 5"),
        ("a = :b", ": at position 5"),
        ("a = {b}", "{ at position 5"),
        ("a = @b", "@ at position 5"),
        ("a = e'b'", "no place"),
        ("a = 0x10", "no place"),
        ("a ilike 'b'", "no place"),
        ("a similar to 'b'", "no place"),
        ("a glob 'b'", "no place"),
        ("a like 'b!%' escape '!'", "no place"),
        ("a collate nocase = 'b'", "no place"),
        ("a is distinct from 1", "no place"),
        ("a between symmetric 2 and 1", "no place"),
        ("case when a = 1 then true end", "a function has no place"),
        ("a = any (1)", "no place"),
        ("(a, b) = (1, 2)", "no place"),
        ("a = interval 1 day", "no place"),
        ("a < 5 < 6", "no place"),
        ("a = null", "write is null"),
        ("a in (1, null)", "write is null"),
        ("a", "compares a column with a value"),
        ("true", "compares a column with a value"),
        ("not a", "compares a column with a value"),
        ("a = b", "a column is compared with a value"),
        ("t.a = 1", 't.a: a name with a dot stands in double quotes, "t.a"'),
        ("a in ()", "in takes a list of values"),
        ("a in b", "in takes a list of values"),
        ("a = 'b", "the quote ' at position 5 is not closed"),
        ('"a = 1', 'the quote " at position 1 is not closed'),
        ("a =", "no condition that can be read"),
        ("a = 1 and", "no condition that can be read"),
        ("my column = 1", "no condition that can be read"),
        ("a = 'b' limit 5", "no condition that can be read"),
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("a = 1e999", "more digits than are exact"),
        ("a = 9999999999999999999", "more digits than are exact"),
        ("a = 0.12345678901234567", "more digits than are exact"),
        ("a = 1 or " * MOST_COMPARISONS + "a = 1", "101 comparisons"),
        ("(" * 2000 + "a = 1" + ")" * 2000, "nested too deep"),
        ("not " * 2000 + "a = 1", "nested too deep"),
        ("a = '" + "x" * 20_000 + "'", "20,006 letters"),
    ],
)
def test_what_is_not_allowed_is_named_with_its_place(text, said):
    with pytest.raises(ParameterError, match=said) as refused:
        parse_comparisons(text)
    assert str(refused.value).startswith("where=")
    assert len(str(refused.value)) < 700


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('country == "JP"', "country = 'JP'"),
        ("country == 'JP'", "country = 'JP'"),
        ('country = "JP"', "country = 'JP'"),
        ("country = JP", "country = 'JP'"),
        ("`my country` == 'JP'", "\"my country\" = 'JP'"),
        ('(country == "JP") & (csat >= 4)', "(country = 'JP') and (csat >= 4)"),
        ("country == 'JP' || csat > 4", "country = 'JP' or csat > 4"),
        ("~(csat > 4)", " not (csat > 4)"),
        ('country in ["JP", "KR"]', "country in ('JP', 'KR')"),
        ("country != None", "country is not null"),
        ("country is None", "country is null"),
        ("country = NULL", "country is null"),
        ("active is true", "active = true"),
        ("country is 'JP'", "country = 'JP'"),
        ("country is not 'JP'", "country <> 'JP'"),
        ("day >= date '2026-01-31'", "day >= '2026-01-31'"),
        ("country = ‘JP’", "country = 'JP'"),
        ("country = “JP”", "country = 'JP'"),
        ("国＝'日本'", "国='日本'"),
        ("10月 = 1", '"10月" = 1'),
        ("country = 'JP';", "country = 'JP'"),
    ],
)
def test_what_was_meant_is_said_in_sql_and_works_when_followed(text, meant):
    with pytest.raises(ParameterError) as refused:
        parse_comparisons(text, parameter="where_answers")
    assert f"did you mean where_answers={meant!r}?" in str(refused.value)
    assert parse_comparisons(meant)
    assert sql_spelling(text) == meant


VALUES = st.one_of(
    st.text(max_size=8),
    st.integers(-(10**17), 10**17),
    st.booleans(),
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


def written(value):
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f"{value:f}"


@given(NAMES, st.sampled_from(list(Operator)), VALUES)
def test_any_name_and_any_value_come_back_as_they_are(name, operator, value):
    # DuckDB's quotes: no other escape than the doubled quote; NUL ends no text here
    shown = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    text = f'"{name.replace(chr(34), chr(34) * 2)}" {operator} '
    text += str(shown) if isinstance(shown, int) and not isinstance(shown, bool) else written(value)
    term = parse_comparisons(text)
    assert isinstance(term, Compare)
    assert (term.column, term.operator) == (name, operator)
    assert term.value == pytest.approx(value) if isinstance(value, float) else term.value == value


@given(st.text(max_size=60))
@example("a = 'b\\'")
@example("\x00")
@example("'\ud800'")
def test_no_text_does_anything_but_be_read_or_refused(text):
    try:
        assert columns_of(parse_comparisons(text))
    except CxError as refused:
        said = str(refused)
        if not said.startswith("where="):
            raise


PIECES = st.sampled_from(
    [
        "a", "b", '"c"', "'x'", "1", "-2", "=", "<>", "<", "and", "or", "not", "in", "(", ")", ",",
        "is", "null", "like", "between", "true", "select", "--", ";", "cast", "lower", "[", "]",
        "==", "&", "`d`", "None", "case", "exists", "*", "::", ".",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_pieces_of_sql_in_any_order_are_read_or_refused(text):
    try:
        term = parse_comparisons(text)
    except CxError as refused:
        suggested = re.search(r"did you mean where=(.+)\?$", str(refused), re.S)
        if suggested:
            assert parse_comparisons(ast.literal_eval(suggested[1]))
    else:
        assert all(part.column in ("a", "b", "c") for part in comparisons(term))
