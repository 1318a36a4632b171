"""Sentences of three languages, and what holds for any text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.sentences import split

PIECES = [
    *"aB1。.!?…「」“”\"'()（） \n\r😀𠮷．？",
    *("요 ", "と", "だ。", "e\u0301", "Dr.", "e.g. ", "No. ", "（笑）", "\n\n", "。」と", "... "),
    *("word ", " Word", "다. ", "U.S. "),
]
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=200)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@given(texts)
def test_every_character_is_in_one_sentence_in_order(text):
    spans = split(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() for sentence in sentences(text))


@given(texts)
def test_a_sentence_is_one_sentence(text):
    for sentence in sentences(text):
        assert split(sentence) == [(0, len(sentence))]


@given(st.lists(st.sampled_from(["It came late.", "はい。", "왜요?", "늦었어요."]), min_size=1))
def test_plain_sentences_come_apart_where_they_were_joined(said):
    assert sentences(" ".join(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        ["I paid 3.5 dollars.", "Dr. Kim said, e.g. twice, that it was fine.", "No. 5 was late."],
        [
            "The U.S. team called at 5 p.m. and left.",
            "J. Smith stayed.",
            "It was 2019.",
            "Then me.",
        ],
        ["It was late... and then it came.", "So...", "I left.", "Really?!", "Yes!"],
        [
            '"Why?" she asked.',
            'It said "saved."',
            "Twice.",
            "I wrote to a@b.com, see http://a.b/c.",
        ],
        ["no capital here.", "i called again.", "they said: wait."],
        ["1. First I called.", "It was (really. bad) then.", "Is it 5?", "No.", "I waited."],
        ["「遅かったです。もう嫌だ。」と言いました。", "え？", "本当に！？", "三．五倍です。"],
        ["そうですね…それで、電話しました。", "店員さんが「お待ちください。」って。", "はい。"],
        ["배송이 늦었습니다.", '"왜요?" 하고 물었어요.', "3.5일 걸렸다.", "그래서... 전화했죠."],
        ["그냥 그랬어요...", "그다음에 왔어요.", "정말요?!", "네."],
        ["Sí.", "¿Por qué?", "La Sra. García llamó.", "Ja, z.B. gestern.", "क्या?", "हाँ।", "نعم؟"],
        ["Great! 😀❤️", "𠮷野家です。（笑）", "네. (웃음)", "Ok. (laughs)", "Then."],
    ],
)
def test_sentences_as_people_read_them(said):
    assert sentences(" ".join(said)) == said


def test_japanese_and_korean_need_no_blank():
    assert sentences("はい。遅いです！え？") == ["はい。", "遅いです！", "え？"]
    assert sentences("늦었어요.그래서 전화했어요.") == ["늦었어요.", "그래서 전화했어요."]


def test_a_sentence_runs_over_lines_but_not_over_a_blank_one():
    assert sentences("It came\nfour days late.\n\nNo mark here\r\n\r\nEnd") == [
        "It came\nfour days late.",
        "No mark here",
        "End",
    ]


def test_what_has_no_mark_for_very_long_is_taken_by_its_lines():
    lines = ["so i called them and nobody knew"] * 40
    assert sentences("\n".join(lines)) == lines
    assert len(sentences("\n".join(lines[:20]))) == 1  # as long as a long sentence may be


@pytest.mark.parametrize(
    "said",
    [
        ["「遅いです。」", "でも好きです。"],
        ["「遅いです。」", "はい、そうです。"],
        ["「高い。」", "かなり高いです。", "「遅い。」", "とても遅い。"],
        ["「遅いです。」って言いました。", "「遅い。」との声です。", "そう（はい。）でした。"],
        ['"비싸요."라고 했어요.', "네."],
    ],
)
def test_only_what_quotes_goes_on_after_a_quotation(said):
    assert sentences("".join(said) if "라" not in said[0] else " ".join(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        ["Plan B.", "Then C."],
        ["We compared A vs. B.", "Fine."],
        ["We met the prof.", "She left."],
        ["In the U.S. Congress it is so.", "I live in the U.S.", "We pay more."],
        ["Ph.D. students left.", "J. Smith and John F. Kennedy stayed."],
        ["Am 12. November 2026 ging ich.", "Am 3. Mai kam er.", "Ja."],
        ["Das ist z. B. teuer.", "D. h. es geht.", "Es ist u. a. alt."],
        ["Ud. sabe.", "We left at 5 p.m.", "Then we slept."],
    ],
)
def test_abbreviations_and_dates(said):
    assert sentences(" ".join(said)) == said
