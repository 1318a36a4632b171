"""Values that columns must have are bound, and never read as part of a condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.bound_values import as_condition, bind, refuse_unbound
from cxlib.comparisons import Compare, Operator, parse_comparisons

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(TEXTS)
def test_a_value_of_one_column_asks_for_that_value_alone(value):
    bound = bind({"country": value})
    assert (bound.column, bound.value) == ("country", value)


@given(TEXTS)
def test_what_is_said_reads_as_the_comparison_that_is_meant(value):
    """The sentence on the page can be copied into `where`."""
    said = as_condition({"country": value})
    assert said.startswith("country = '")
    assert said.endswith("'")
    if value.isprintable() and value.strip():
        meant = Compare("country", Operator.EQUAL, value)
        assert parse_comparisons(said) == meant


def test_nothing_is_asked_for_where_there_is_nothing():
    assert bind({}) is None
    assert as_condition({}) is None


@pytest.mark.parametrize(
    "only", [{"country": ""}, {"country": "\u3000 "}, {" ": "JP"}, {"a": float("nan")}]
)
def test_a_value_that_names_no_group_is_refused_with_what_to_write(only):
    with pytest.raises(ValueError, match="only") as refusal:
        refuse_unbound(only)
    assert "is null" in str(refusal.value) or "{country: JP}" in str(refusal.value)
