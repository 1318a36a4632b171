"""Names are short and distinct, and units that were settled against a code are found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.view_markup import refuted_units, short_names

names = st.lists(st.text(min_size=1, max_size=30), unique=True, max_size=12)


@given(names)
def test_short_names_are_as_many_as_the_codes(codes):
    short = short_names(codes)
    assert list(short) == codes
    assert len(set(short.values())) == len(codes)


def test_cjk_counts_two_columns():
    assert short_names(["長い待ち時間", "約束の日に配送が遅れて届いた"]) == {
        "長い待ち時間": "長い待ち時間",
        "約束の日に配送が遅れて届いた": "約束の日に配送が遅…",
    }


def test_units_against_which_a_code_was_settled():
    units = [{"start": 0, "end": 5}, {"start": 6, "end": 9}]
    decisions = [
        {"start": 6, "end": 9, "code": "late", "holds": False},
        {"start": 0, "end": 5, "code": "late", "holds": True},
    ]
    assert refuted_units(units, decisions) == {1: ["late"]}
