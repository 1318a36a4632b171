"""Who speaks by how turns go to and fro, and who may be nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import speaker_evidence, speaker_turns, speakers

ODD = (
    "Subject",
    "참석자",
    "Note",
    "Summary",
    "Participant #3",
    "P4?",
    "Ana/Lee?",
    "[?]",
    "Ana (CFO, Acme, Lisbon)",
    "대상자 1(여, 30대, 서울)",
    "対象者A（30代、女性、東京）",
    "M (Mann, ca. 40 J.)",
    "Dr. Maria del Carmen Fernández",
    "Customer Support Agent of the Bank",
    'Ana "Annie" Silva',
    "P1 [f, 34]",
    "P01; Ana",
    "P-01 | Customer",
    "<P1>",
    "Befr.",
    "@ana",
    "ana.silva@acme.com",
)


def _speakers(lines, **how):
    return [label and label.speaker for label in speakers.labels(lines, **how)]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("layout", ["{}: {}", "{}：{}", "{}\t{}", "- {}: {}", "**{}:** {}"])
def test_who_answers_again_and_again_speaks(name, layout):
    pairs = [("Dana", "Why?"), (name, "It was slow."), ("Dana", "And?"), (name, "We left.")]
    lines = [layout.format(*pair) for pair in pairs]
    assert _speakers(lines) == [who for who, _ in pairs]


@pytest.mark.parametrize("name", [*ODD, "+351 912 345 678"])
def test_who_answers_speaks_above_the_words_as_well(name):
    lines = ["Dana Wu  0:03", "Why?", "", f"{name}  0:08", "Slow.", "", "Dana Wu  0:12", "And?"]
    lines += ["", f"{name}  0:18", "We left."]
    found = [who for who in _speakers(lines) if who]
    assert found == ["Dana Wu", name, "Dana Wu", name]


def test_nobody_with_the_look_of_a_name_is_needed():
    lines = ["Interv.: Why?", "Befr.: It was slow.", "Interv.: And?", "Befr.: We left."]
    assert _speakers(lines) == ["Interv.", "Befr.", "Interv.", "Befr."]
    unasked = ["@ana: So.", "@lee: No.", "@ana: So.", "@lee: No."]
    assert _speakers(unasked) == [None] * 4


@pytest.mark.parametrize(
    "lines",
    [
        ["Dana: Why?", "Ana: Slow.", "Note: the app.", "Dana: And?", "Ana: We left.", "Note: it."],
        ["Date: May", "Time: noon", "It rained.", "Date: June", "Time: noon", "It shone."],
        ["Dana: Why?", "Ana: see https://a.b", "Dana: And?", "Ana: https://a.b"],
    ],
)
def test_what_does_not_answer_does_not_speak(lines):
    assert set(_speakers(lines)) <= {"Dana", "Ana", None}


def test_a_key_of_the_head_is_no_turn():
    lines = [
        "참석자: 김민수, 이영희",
        "",
        "진행자: 언제?",
        "참석자: 작년.",
        "진행자: 왜?",
        "참석자: 요금.",
    ]
    assert _speakers(lines) == [None, None, "진행자", "참석자", "진행자", "참석자"]


@given(st.lists(st.sampled_from(["It was slow.", "We left.", "Well", "그래요."]), min_size=2))
def test_whoever_answers_is_found_whatever_is_said(said):
    lines = [line for words in said for line in ("Dana: And then?", f"Subject: {words}")]
    assert _speakers(lines) == ["Dana", "Subject"] * len(said)


def test_a_known_speaker_may_have_another_mark():
    lines = ["聞き手：いつから？", "田中：去年から。", "聞き手　なぜですか。", "田中　料金です。"]
    assert _speakers(lines) == ["聞き手", "田中"] * 2
    assert _speakers(["Dana: a", "Lee: b", "Dana - Why?", "Lee: c"]) == ["Dana", "Lee"] * 2
    read = speaker_evidence.Lines(["Dana: a", "Kim - Why?"])
    chosen = speaker_evidence.accept(read, "colon")
    assert speaker_turns.by_another_mark(read, "colon", chosen) == {}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["I: When?", "Ana: In May.", "Price: high.", "Support: slow."] * 2,
            ["Price", "Support"],
        ),
        (["Ana: Two things.", "First: a.", "Second: b.", "Ana: So."], ["First", "Second"]),
        (["I: When?", "Ana: May.", "I: Why?", "Ana: Price."], []),
        (["I: When?", "P1: May.", "P2: June.", "P3: July."] * 2, []),
        (["Kim: a.", "Lee: b.", "Kim: c.", "Lee: d."], []),
    ],
)
def test_the_points_of_an_answer_are_doubtful(lines, expected):
    assert speaker_turns.doubtful(lines, speakers.labels(lines)) == expected


def test_a_point_of_a_list_seen_once_is_nobody():
    lines = ["- Customer enters.", "- Asks: where is the tea?", "- Staff: points left."]
    assert _speakers(lines, markdown=True) == [None] * 3
    assert _speakers(["- Dana: When?", "- P07: In May.", "- Dana: Why?"]) == ["Dana", "P07", "Dana"]


@pytest.mark.parametrize("name", ["\u200fسارة", "\u200bDana", "\ufeffDana", "Da\u00adna"])
def test_marks_that_nobody_sees_are_no_part_of_a_name(name):
    plain = "سارة" if "سارة" in name else "Dana"
    assert _speakers([f"{name}: a", f"{plain}: b"]) == [plain, plain]


@pytest.mark.parametrize("mark", [":", "：", "︰", "∶", "﹕"])
def test_a_colon_may_be_any(mark):
    lines = [f"聞き手{mark}なぜ？", f"○田中{mark}料金。", f"聞き手{mark}はい。"]
    assert _speakers(lines) == ["聞き手", "田中", "聞き手"]


def test_a_known_speaker_may_come_before_the_first_label():
    lines = ["Dana: When?", "Ana: In May.", "", "Dana  0:12", "Why?", "", "Ana  0:15", "Price."]
    assert [who for who in _speakers([*lines, "", "Dana  0:20", "OK."]) if who] == [
        *("Dana", "Ana", "Dana", "Ana", "Dana"),
    ]
