"""What a line could begin with, by its shape alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import speaker_styles


@pytest.mark.parametrize(
    ("line", "style", "speaker", "words", "seconds"),
    [
        ("Kim: yes", "colon", "Kim", "yes", None),
        ("12 Kim: yes", "colon", "Kim", "yes", None),
        ("[0:05] **Kim**: yes", "colon", "Kim", "yes", 5),
        ("Kim: [0:05] yes", "colon", "Kim", "yes", 5),
        ("Kim\t0:05\tyes", "colon", "Kim", "yes", 5),
        ("Kim 0:05", "clock", "Kim", "", 5),
        ("[0:05] Kim", "clock_first", "Kim", "", 5),
        ("【田中】はい", "bracket", "田中", "はい", None),
        ("(Kim) yes", "parenthesis", "Kim", "yes", None),
        ("<Kim> yes", "angle", "Kim", "yes", None),
        ("Q12. why", "question", "Q", "why", None),
        ("I - yes", "name_dash", "I", "yes", None),
        ("田中　はい", "name_space", "田中", "はい", None),
        ("### Kim", "name_line", "Kim", "", None),
        (">> yes", "arrow", None, "yes", None),
        ("– yes", "dash", None, "yes", None),
    ],
)
def test_a_line_of_each_style(line, style, speaker, words, seconds):
    label = speaker_styles.candidates(line)[style].label
    assert (label.speaker, line[label.start :], label.seconds) == (speaker, words, seconds)
    assert label.style == style


@pytest.mark.parametrize("line", ["", "   ", "\u3000", "...", "— — —", "---"])
def test_lines_without_words_begin_with_nothing(line):
    assert speaker_styles.candidates(line) == {}


def test_every_style_has_a_line_here():
    lines = ["Kim: a", "Kim 0:05", "0:05 Kim", "[A] b", "(A) b", "<A> b", "Q1. a", "I - a", "田　a",
             "Kim", ">> a", "- a"]  # fmt: skip
    found = set().union(*(speaker_styles.candidates(line) for line in lines))
    assert found == set(speaker_styles.STYLES)


@given(st.text(st.sampled_from(" \t　-–>*#[](（<Q1:：0:12.Aん𠮷😀&gt;"), max_size=60))
def test_a_label_lies_within_its_line(line):
    for candidate in speaker_styles.candidates(line).values():
        assert 0 < candidate.label.start <= len(line)


@pytest.mark.parametrize(
    "piece", [">", "- ", "&gt;", "# ", " ", "\u3000", "[", "0:12 ", "*", "1\t"]
)
def test_long_lines_of_marks_take_no_time(piece):
    started = time.process_time()
    speaker_styles.candidates(piece * 20_000)
    assert time.process_time() - started < 1


@given(
    st.text(st.sampled_from(" \t　-*_>#[](<Q1:：0:12.KimmAん分秒田&;"), max_size=40),
    st.sampled_from(["Kim: y", "Kim 1:", "田中：ん", "P1: [0:12] a", "Kim [1分02秒]:A", "Q\t"]),
    st.text(st.sampled_from(" \t-*_[0:12]：1Kim(a)ん\n"), max_size=40),
)
def test_what_is_left_out_or_kept_in_memory_changes_no_label(before, label, after):
    """Beside tests that are passed over and prefixes that are kept, the patterns themselves."""
    for line in map(str.rstrip, (before, before + label + after, label + after)):
        found = speaker_styles.candidates(line)
        slow = {"colon": speaker_styles._named(speaker_styles._COLON)}
        for style in ("colon", "name_dash", "name_space", "name_line"):
            find = slow.get(style, speaker_styles.STYLES[style])
            assert found.get(style) == (find(line, style) if line else None)
