"""Words that say that there is no answer, in the languages of the files that come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows import scales
from cxlib.rows.no_answers import fold, says_no_answer

NO_ANSWERS = [
    *("don't know", "Don’t Know", "DK", "dk/na", "Prefer not to say", "I'd rather not say", "N/A"),
    *("Not applicable", "not applicable (never used)", "no answer", "Refused", "n.a.", "#N/A"),
    *("99 - Don't know", "98: Refused", "Don't know / no opinion", "I don't know", "", "  ", "—"),
    *("わからない", "分からない", "わからない・答えたくない", "無回答", "答えたくない", "該当なし"),
    *("該当なし（利用なし）", "ＤＫ", "모름", "모르겠음", "무응답", "해당 없음", "모름/무응답"),
    *("잘 모르겠습니다", "weiß nicht", "WEISS NICHT", "keine Angabe", "k. A.", "k.A."),
    *("Ne sait pas", "NSP", "sans réponse", "Ne se prononce pas", "no sabe/no contesta", "NS/NC"),
    *("No sabe / No contesta", "prefiero no responder", "não sei", "不知道", "weet niet"),
]
ANSWERS = [
    *(
        "never",
        "nul",
        "nada probable",
        "0",
        "10",
        "どちらともいえない",
        "보통",
        "neutral",
        "no",
        "yes",
    ),
    *("I know them well", "sehr wahrscheinlich", "pas du tout", "10 - Extremely likely", "全く"),
]


@pytest.mark.parametrize("words", NO_ANSWERS)
def test_words_of_no_answer_are_missing(words):
    assert says_no_answer(words)
    assert scales.parse_scores([words, 5]).dropped[scales.Reason.MISSING] == 1


@pytest.mark.parametrize("words", ANSWERS)
def test_other_words_are_answers(words):
    assert not says_no_answer(words)


@given(st.sampled_from([word for word in NO_ANSWERS if word]), st.sampled_from(["", " ", "\u3000"]))
def test_white_space_width_and_capitals_do_not_matter(words, around):
    assert says_no_answer(around + words.upper() + around)
    assert says_no_answer(fold(words))


@given(st.text(max_size=40))
def test_any_text_is_judged(text):
    assert says_no_answer(text) in (True, False)


def test_what_was_taken_for_no_answer_is_noted():
    notes = scales.parse_scores(["Don't know", "Don't know", "N/A", 5, None, ""]).notes
    assert str(notes[0]) == (
        "3 answers in words say that there is none, and count as missing: "
        "\"Don't know\" (2) and 'N/A' (1)."
    )
