"""Words are found whatever became of their white space and Unicode form."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.quote_places import Places, fold

TEXT = st.text(
    st.sampled_from("ab é\u0301\u0323😀𠮷가각ᄀ\u1161\u11a8がか\u3099、\u3000\r\n\ufeff\u200b")
)


@pytest.mark.parametrize(
    ("text", "quote", "places"),
    [
        ("so  it\r\nwas late", "it was", [(4, 11)]),
        ("it was, it was", "it was", [(0, 6), (8, 14)]),
        ("彼は\n店に　いた", "彼は店にいた", [(0, 8)]),
        ("배송이\n늦었다", "배송이 늦었다", [(0, 7)]),
        ("배송이늦었다", "배송이 늦었다", []),  # another spelling is another text
        ("cafe\u0301 noir", "café", [(0, 5)]),
        ("café noir", "cafe\u0301", [(0, 4)]),
        ("café noir", "cafe", []),  # no place ends within a letter
        ("각", "가", []),
        ("\ufeffone two", "one", [(1, 4)]),
        ("aaa", "aa", [(0, 2), (1, 3)]),
        ("a", " \n", []),
        ("Yes.\nHow so?\nIt was late.", "Yes.\nI: How so?\nAna Pereira: It was late.", [(0, 25)]),
        ("はい。\nどう？", "はい。\n聞き手：どう？", [(0, 7)]),
        ("How so? It was late.", "I: How so?", []),
    ],
)
def test_places(text, quote, places):
    assert Places(text).find(quote) == places


@given(TEXT, st.data())
def test_what_is_cut_out_is_found_where_it_was(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    places = Places(text)
    low, high = places.core(np.array([start]), np.array([end]))
    quote = text[start:end]
    marks = [mark for mark in quote if not mark.isspace() and mark not in "\ufeff\u200b"]
    if not marks:
        assert (low[0], high[0]) == (-1, -1)
        return
    shown = re.sub("[\ufeff\u200b]", "", text)
    each = "".join(unicodedata.normalize("NFD", mark) for mark in shown)
    if each == unicodedata.normalize("NFD", shown):  # no marks were put in another order
        assert (low[0], high[0]) in places.find(quote)


@given(TEXT)
def test_a_text_is_folded_as_its_quotes_are(text):
    assert Places(text)._folded.words == fold(text)
    assert len(Places(text)._folded.of) == len(fold(text))


def test_white_space_at_the_ends_of_a_quote_belongs_to_its_place():
    places = Places("a \r\n b\r\n c")
    assert places.find("\n b") == [(5, 6)]
    assert places.with_edges("\n b\n", (5, 6)) == (2, 8)
    assert places.with_edges("\t b", (5, 6)) == (5, 6)  # it is not what stands there


def test_a_place_that_cuts_a_letter_from_its_mark_is_told():
    places = Places("cafe\u0301s")
    assert not places.is_whole("CAFE", (0, 4))
    assert places.is_whole("cafe", (0, 4))  # written just so
    assert places.is_whole("café", (0, 5))


def test_the_nearest_text_is_where_most_of_a_quote_stands():
    text = "At first the parcel came late, and later it did not come at all."
    assert text[slice(*Places(text).nearest("the parcel came soon"))].startswith("the parcel came")
    assert "not come at all" in text[slice(*Places(text).nearest("she did not come at all"))]
    assert Places(text).nearest("zzzz") is None
