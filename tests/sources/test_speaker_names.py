"""The shape of a name, and names that may be of one speaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import speaker_names
from cxlib.sources.speaker_names import alike, could_be_odd_name, without_marks


@pytest.mark.parametrize(
    "name", ["Ana", "p1", "Dr. Kim", "Kim, Minsu (Guest)", "田中さん", "참석자 1"]
)
def test_what_could_be_a_name(name):
    assert speaker_names.could_be_name(name)


@pytest.mark.parametrize(
    "text",
    ["", "12", "Date", "日時", "SPEAKERS", "one two three four five", "Well, yes, no", "Who?",
     "♪ la", "00:12 Ana", "a" * 41],
)  # fmt: skip
def test_what_could_be_none(text):
    assert not speaker_names.could_be_name(text)


@pytest.mark.parametrize(
    "text", ["so they said", "Q1", "A2", "問題は", "つまり", "2 Kids", "Laughs"]
)
def test_once_is_not_enough_for_what_does_not_look_like_a_name(text):
    assert not speaker_names.looks_like_name(text)


@pytest.mark.parametrize(
    "group",
    [
        ["Ana", "ANA"],
        ["Ana", "Ana Pereira"],
        ["Pereira", "Ana Pereira"],
        ["Ms. Pereira", "pereira"],
        ["田中", "田中さん"],
        ["田中", "田中花子"],
        ["김민수", "김민수님"],
        ["참석자 1", "참석자1"],
        ["Ｓato", "Sato"],
        ["Lee Novak", "Lee Novak (Guest)"],
    ],
)
def test_names_that_may_be_of_one_speaker(group):
    assert speaker_names.alike(["Zoë", *group, "상담원"]) == [group]


@pytest.mark.parametrize(
    "names",
    [["Speaker 1", "Speaker 2"], ["P1", "P12"], ["Speaker", "Speaker 1"], ["I", "R"],
     ["Ana", "Anna"], ["Speaker A", "Speaker B"], ["참석자 1", "참석자 2"],
     ["参加者", "参加者A"], ["고객", "고객 B"],
     ["田中", "中田"], ["A", "Ana"]],
)  # fmt: skip
def test_names_of_two_speakers(names):
    assert speaker_names.alike(names) == []


@given(st.lists(st.text(max_size=12)))
def test_a_name_is_in_one_group_at_most(names):
    groups = speaker_names.alike(names)
    grouped = [name for group in groups for name in group]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= set(names)


WORDS = [
    "Ana",
    "ANA",
    "Pereira",
    "田中",
    "花子",
    "田中さん",
    "P1",
    "P12",
    "1",
    "Dr.",
    "김",
    "민수",
    "님",
    "a",
]


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)))
def test_a_name_joins_the_first_group_that_it_is_alike(names):
    groups = []
    for name in dict.fromkeys(names):
        near = [group for group in groups if any(len(alike([name, it])) for it in group)]
        if near:
            near[0].append(name)
        else:
            groups.append([name])
    assert alike(names) == [group for group in groups if len(group) > 1]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("\u200fسارة ", "سارة"),
        ("\u200bDana", "Dana"),
        ("○聞き手", "聞き手"),
        ("○○さん", "○○さん"),
        ("○さん", "○さん"),
        ("می\u200cرا\u200c", "می\u200cرا"),
    ],
)
def test_what_nobody_sees_is_no_part_of_a_name(written, name):
    assert without_marks(written) == name


def test_what_may_stand_for_somebody():
    assert all(
        map(could_be_odd_name, ("Subject", "P4?", "2", "a@b.com", "Ana (CFO, Acme, Lisbon)"))
    )
    assert not any(map(could_be_odd_name, ("", "–", "at 10:30", "see https", "so " * 9, "x" * 61)))
