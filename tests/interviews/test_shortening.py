"""Words cut where a sentence ends: in three languages, within the width, never within a sign."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxlib.interviews.shortening import shorten, text_width

PIECES = ["It came late. ", "Dr. Lee ", "四日遅れた。", "왜 늦었어요? "]
PIECES += ["👩\u200d🚀", "e\u0301", "x" * 9, "、", "\n"]


@pytest.mark.parametrize(
    ("words", "high", "cut"),
    [
        ("It came late. Nobody told me why.", 32, "It came late. …"),
        ("It came late. Nobody told me why.", 33, "It came late. Nobody told me why."),
        ("I called Dr. Lee about it twice, in vain, I tell you.", 20, "I called Dr. Lee …"),
        (
            "We pay e.g. for Boxes that nobody ever ordered here.",
            30,
            "We pay e.g. for Boxes that …",
        ),
        ("He said “Never again.” And left us standing there.", 30, "He said “Never again.” …"),
        ("四日遅れた。誰も理由を教えてくれなかった。", 20, "四日遅れた。…"),
        ("「もう嫌だ。」と彼は言ったきり黙ってしまった。", 20, "「もう嫌だ。」…"),
        ("사흘이나 늦었어요. 왜 늦었는지 아무도 몰라요.", 24, "사흘이나 늦었어요. …"),
        ("配送が遅れて、誰も理由を教えてくれなかったのです", 20, "配送が遅れて…"),
        (
            "Yes. I waited for the parcel all day long, sir.",
            30,
            "Yes. I waited for the parcel …",
        ),
        ("配送が遅れて誰も理由を教えてくれなかったのです", 21, "配送が遅れて誰も理…"),
        ("x" * 30, 20, "x" * 18 + "…"),
        ("3.5 hours I waited. Then I left, after 3.5 hours more.", 30, "3.5 hours I waited. …"),
    ],
)
def test_cut_at_a_sentence_else_a_clause_else_a_character(words, high, cut):
    assert shorten(words, low=8, high=high) == cut


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join))
@example("👩\u200d🚀" * 20)
def test_what_is_cut_is_a_beginning_within_the_width(words):
    words = words.strip()
    short = shorten(words, low=5, high=30)
    assert text_width(short) <= 30
    if short != words:
        kept = short.removesuffix("…").rstrip()
        assert words.startswith(kept)
        rest = words[len(kept) :]
        assert not unicodedata.category(rest[0]).startswith("M") or not kept
        assert not kept.endswith("\u200d")
        assert text_width(words) > 30
