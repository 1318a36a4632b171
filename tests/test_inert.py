"""What hides or acts in a text is written out, and what a language needs stays."""

import re
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.inert import has_rtl, inert, set_apart, visible, without_guard
from tests.hostile import LEGITIMATE, PAYLOADS, SURROGATE

ACTS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# signs that are seen before or among digits (Unicode: Prepended_Concatenation_Mark), and U+070F
SEEN = {*map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))}
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
odd = st.sampled_from(
    [
        *PAYLOADS.values(),
        *LEGITIMATE.values(),
        SURROGATE,
        *"\u200d\u200c\ufe0f\u200f\u200e\u061cא1a👩",
    ]
)


def test_every_character_that_hides_or_acts_is_written_out():
    for point in range(sys.maxunicode + 1):
        letter = chr(point)
        if unicodedata.category(letter) in ACTS and letter not in SEEN | set("\n\t"):
            written = visible(f"a{letter}1")
            assert letter not in written, hex(point)
            assert re.fullmatch(r"a([\u2400-\u2421]|\\[xuU][0-9a-f]+)1", written), hex(point)


@given(st.lists(st.one_of(odd, st.text()), max_size=5).map("".join))
def test_nothing_is_left_that_acts_and_it_is_stable(text):
    written = visible(text)
    assert not set(written) & TURNS
    assert not [
        letter
        for letter in written
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t"
    ]
    assert visible(written) == written
    written.encode("utf-8")


@given(
    st.text(
        st.characters(
            categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0"
        )
    )
)
def test_letters_digits_and_signs_stay(text):
    assert visible(text) == text


@pytest.mark.parametrize("name", LEGITIMATE)
def test_what_a_language_needs_stays(name):
    assert visible(LEGITIMATE[name]) == LEGITIMATE[name]


@pytest.mark.parametrize(
    "name", ["colour", "link", "title_of_terminal", "turned", "hidden", "lines"]
)
def test_each_kind_is_seen_by_a_reader(name):
    assert visible(PAYLOADS[name]).isprintable() or name == "lines"
    assert visible(PAYLOADS[name]) != PAYLOADS[name]


def test_texts_that_differ_in_what_is_hidden_stay_different():
    assert len({visible(f"a{mark}b") for mark in ("\u202e", "\u202d", "\u200b", "\x1b", "")}) == 5


def test_what_stays_is_chosen():
    assert visible("a\tb\nc\rd\r\ne") == "a\tb\nc␍d\ne"
    assert visible("a\tb\nc\r\n", keep="") == "a␉b␊c␍␊"
    assert visible("a\r\nb\rc", keep="\r\n\t") == "a\r\nb\rc"
    assert visible("]^-\\\x1b", keep="]^-\\") == "]^-\\␛"


def test_a_mark_of_direction_stays_only_beside_letters_that_need_it():
    assert visible("שלום\u200f!") == "שלום\u200f!"
    assert visible("Tokyo\u200f 12-30") == "Tokyo\\u200f 12-30"
    assert visible("שלום Tokyo\u200f 12-30") == "שלום Tokyo\\u200f 12-30"


def test_names_from_the_right_are_set_apart_and_only_these():
    assert set_apart("Tokyo 東京") == "Tokyo 東京"
    assert [has_rtl(name) for name in ("שלום", "x الرياض", "東京 서울 Ωå")] == [True, True, False]
    assert visible(set_apart("שלום")) == set_apart("שלום") == "\u200eשלום\u200e"


def test_three_megabytes_are_quick():
    page = ("<p>日本 " + "x" * 990 + "</p>\n") * 3000
    begun = time.process_time()
    assert visible(page) == page
    assert time.process_time() - begun < 2  # 0.05 s on a quiet machine


@given(
    st.lists(st.sampled_from(["=", "+1", "@", "a", "'", " ", ";", "\n", "\t", "-(", "言"])).map(
        "".join
    )
)
def test_a_guard_is_taken_off_again_and_nothing_else(text):
    guarded = inert(text)
    assert inert(without_guard(guarded)) == guarded
    if not text.startswith("'") and ";'" not in text and "\n'" not in text and "\t'" not in text:
        assert without_guard(guarded) == text
