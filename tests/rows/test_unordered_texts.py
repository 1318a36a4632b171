"""A refusal of text names the values in the way, and its advice is followed."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import ColumnError
from cxlib.rows.conditions import parse_condition


def advice(texts, condition):
    with pytest.raises(ColumnError) as refused:
        parse_condition(condition).keep(pd.DataFrame({"x": texts}))
    return str(refused.value)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["250", "900", "1,000"], ["1000 for '1,000'"]),
        (["20,50", "7,00"], ["7.00 for '7,00'", "20.50 for '20,50'"]),
        (["20", "31", "unknown"], ["nothing for 'unknown'"]),
        (["20", "1.000,50", "5", "k. A."], ["1000.50 for '1.000,50'", "nothing for 'k. A.'"]),
    ],
)
@pytest.mark.parametrize("condition", ["x > 400", "x > '400'", "x between 1 and 9", "x = 400"])
def test_values_that_are_no_numbers_are_named_and_mended(texts, said, condition):
    refusal = advice(texts, condition)
    assert all(part in refusal for part in said)
    mended = {}
    for new, old in re.findall(r"(\S+) for '([^']*)'", refusal):
        mended[old] = None if new == "nothing" else new
    frame = pd.DataFrame({"x": pd.Series(texts, dtype=object).replace(mended)})
    parse_condition(condition.replace("'", "")).keep(frame)


@settings(max_examples=15)
@given(st.integers(1, 999), st.integers(4, 8))
def test_the_zeros_of_a_code_are_given_back(n, width):
    code = str(n).zfill(width)
    assert repr(code) in advice([code, "00000000", "abc"], f"x = {n}")
    assert parse_condition(f"x = '{code}'").keep(pd.DataFrame({"x": [code, "abc"]})).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("day", ["10.02.2026", "2026-02-10"])
@pytest.mark.parametrize("texts", [["01.11.2025", "12.02.2026"], ["1/11/2025", "12/2/2026"]])
def test_days_in_text_are_to_be_written_with_the_year_first(day, texts):
    assert "2026-01-31" in advice(texts, f"x >= '{day}'")


def test_text_without_numbers_has_no_order():
    assert "has no order" in advice(["JP", "KR"], "x > 3")
