"""Western text is known by where its letters stand, and nothing else passes for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources.western import read_western

WORDS = {
    "de": ["für", "Müller", "größer", "schön", "Straße", "über"],
    "fr": ["été", "très", "garçon", "où", "Noël", "l’idée"],
    "es": ["año", "corazón", "pingüino", "también", "¿Qué"],
    "sv": ["får", "återkomma", "över", "Åsa"],
}


@given(st.data(), st.sampled_from(sorted(WORDS)))
def test_words_of_one_language_a_line_are_western(data, language):
    words = data.draw(st.lists(st.sampled_from(WORDS[language]), min_size=1, max_size=8))
    text = "id,why\n1," + " ".join(["so", *words]) + "\n"
    assert read_western(text.encode("cp1252")) == (text, 1.0)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Příliš žluťoučký kůň", "cp1250"),
        ("teşekkür ederim, ışık değil", "cp1254"),
        ("для меня", "cp1251"),
        ("prénom très élégant", "mac-roman"),
        ("für größer", "cp850"),
        ("満足です", "cp932"),
        ("満足です", "euc-jp"),
        ("很好", "gbk"),
        ("좋아요", "cp949"),
        ("für ação à økt", "cp1252"),  # letters of four languages on one line
    ],
)
def test_what_is_not_western_is_none(text, encoding):
    assert read_western(text.encode(encoding)) is None


def test_plain_ascii_says_nothing():
    assert read_western(b"id,why\n1,ok\n") is None
