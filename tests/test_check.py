"""A bad value is refused with its parameter, the rule and the next step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import check
from cxlib.errors import ColumnError, ParameterError


def test_columns():
    check.columns(["score", "顧客"], score="score", by=["顧客", "score"], weight=None)
    with pytest.raises(
        ColumnError, match="by='顧客名': there is no such column; did you mean '顧客'"
    ):
        check.columns(["score", "顧客"], by=["顧客名"])
    with pytest.raises(ColumnError, match="there is 'a'"):
        check.columns(["a"], score="qqq")
    with pytest.raises(ColumnError, match=r"no such column$"):
        check.columns([], score="a")


@pytest.mark.parametrize(
    ("given", "there", "named"),
    [
        ("推奨度（0〜10）", "推奨度（0～10）", ["U+FF5E", "U+301C"]),  # a Mac's keyboard, CP932
        ("a−b", "a－b", ["U+FF0D", "U+2212"]),
        ("ｱﾝｹｰﾄ点数", "アンケート点数", ["U+30B1", "U+FF79"]),
        ("が", "か\u3099", ["U+3099", "U+304C"]),
        ("Q１", "Q1", ["U+0031", "U+FF11"]),
        ("店 名", "店\u3000名", ["U+3000", "U+0020"]),
        ("店名", "店名 ", []),
    ],
)
def test_names_that_look_alike_are_told_apart_by_their_numbers(given, there, named):
    with pytest.raises(ColumnError) as refused:
        check.columns(["score", there], by=given)
    assert f"did you mean {there!r}?" in str(refused.value)
    assert [number in str(refused.value) for number in named] == [True] * len(named)
    assert "U+" not in check.did_you_mean("Score", ["score"])
    assert "U+" not in check.did_you_mean("scor", ["score"])
    assert check.did_you_mean("a b", ["a  b"]) == "; did you mean 'a  b'?"


def test_long_lists_of_what_is_there_are_cut():
    assert check.did_you_mean("zzz", [f"column {n}" for n in range(30)]).endswith("'column 19' …")


def test_one_of():
    check.one_of("by", "code", ["code", "theme"])
    with pytest.raises(
        ParameterError, match="by='cod' is not one of the possible values; did you mean 'code'"
    ):
        check.one_of("by", "cod", ["code", "theme"])


@given(st.floats(allow_nan=True))
def test_a_confidence_level_lies_between_0_and_1(value):
    if 0 < value < 1:
        assert check.confidence(value) == value
    else:
        with pytest.raises(ParameterError, match=r"write 0\.95 for 95 %"):
            check.confidence(value)


@pytest.mark.parametrize("given", [(0, 10), [0.0, 10.0], (-3, 3)])
def test_a_scale_is_two_whole_numbers(given):
    assert check.scale(given) == tuple(int(end) for end in given)


@pytest.mark.parametrize("given", [(10, 0), (0, 0), (0.5, 10), (0, float("inf")), "01", 10, None])
def test_other_scales_are_refused(given):
    with pytest.raises(ParameterError, match="the lower first"):
        check.scale(given)
