"""A scale that cannot be the one given is refused, and every advice leads to a right number or to
another refusal."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import CxError
from cxlib.rows import scales
from cxlib.rows.scale_evidence import Evidence, contradiction_in, doubts_in

# shares of 0 to 10 in an ordinary, a delighted and an angry sample
ORDINARY = [0.04, 0.01, 0.02, 0.02, 0.03, 0.08, 0.07, 0.12, 0.18, 0.15, 0.28]
DELIGHTED = [0.01, 0.01, 0.0, 0.01, 0.01, 0.02, 0.02, 0.06, 0.15, 0.2, 0.51]
ANGRY = [0.35, 0.1, 0.08, 0.08, 0.06, 0.1, 0.05, 0.06, 0.05, 0.03, 0.04]


def draw(shares, n, seed, points=range(11)):
    rng = np.random.default_rng(seed)
    return rng.choice(list(points), n, p=np.array(shares) / sum(shares)).tolist()


def judge(values, **named):
    return scales.parse_scores(values, **named).contradiction


@pytest.mark.parametrize("shares", [ORDINARY, DELIGHTED, ANGRY])
@pytest.mark.parametrize("n", [1, 3, 5, 10, 20, 40, 100, 400])
def test_an_honest_file_is_seldom_refused(shares, n):
    # the rules promise less than 1 % where 0 is half as frequent as 1 and more
    refused = sum(judge(draw(shares, n, seed)) is not None for seed in range(200))
    assert refused <= 4


@given(st.lists(st.integers(5, 10), min_size=1, max_size=300))
def test_a_file_without_low_scores_is_not_refused(values):
    if max(values) > 7:
        assert judge(values) is None


@pytest.mark.parametrize("shares", [ORDINARY, DELIGHTED])
@pytest.mark.parametrize("n", [25, 120, 1000])
@pytest.mark.parametrize("scale", [(0, 10), (1, 10)])
def test_eleven_points_stored_from_1_are_named(shares, n, scale):
    values = draw(shares, n, 7, range(1, 12))
    why = str(judge(values, scale=scale))
    assert "11-point question coded from 1 to 11" in why
    assert "Pass scale_shift=-1 and scale=(0, 10)" in why
    right = scales.parse_scores(values, scale_shift=-1)
    assert right.contradiction is None
    assert right.values.tolist() == [value - 1 for value in values]


def test_eleven_points_around_zero_are_named():
    values = draw(ORDINARY, 120, 3, range(-5, 6))
    assert "coded from -5 to 5" in str(judge(values))
    assert scales.parse_scores(values, scale_shift=5).values.tolist() == [v + 5 for v in values]


def test_a_single_eleven_is_a_doubt_and_no_refusal():
    values = [*draw(ORDINARY[1:], 120, 5, range(1, 11)), 11]
    values = [value for value in values if value != 1]
    parsed = scales.parse_scores(values)
    assert parsed.contradiction is None
    assert any("scale_shift=-1" in str(warning) for warning in parsed.warnings)


OTHERS = {
    "stars": range(1, 6),
    "faces": range(1, 5),
    "seven points": range(1, 8),
    "three kinds": (-100, 0, 100),
    "slider": range(101),
    "slider in tens": range(0, 101, 10),
    "no or yes": range(2),
    "thumbs": (-1, 1),
    "0 to 5": range(6),
    "kinds": (1, 2, 3),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_scales_are_refused_whichever_is_passed(name):
    points = list(OTHERS[name])
    for n, scale, tilt in product([60, 120, 1000], [(0, 10), (1, 10)], [0.3, 1, 3]):
        values = draw([tilt ** (i / len(points)) for i in range(len(points))], n, 1, points)
        with contextlib.suppress(CxError):  # where none of them is on the scale
            assert judge(values, scale=scale) is not None, (n, scale, tilt)


@pytest.mark.parametrize(
    ("points", "given_scale", "asked"),
    [
        (range(1, 8), (1, 5), (1, 7)),
        (range(5), (1, 5), (0, 4)),
        (range(7), (1, 7), (0, 6)),
        (range(1, 6), (1, 7), (1, 5)),
        (range(1, 6), (0, 10), (1, 5)),
    ],
)
def test_other_questions_are_judged_for_their_own_scale(points, given_scale, asked):
    values = draw([1.0] * len(points), 200, 2, points)
    why = str(judge(values, scale=given_scale))
    if "(lowest, highest)" in why:
        assert f"from {asked[0]} to {asked[1]}" in why
    else:
        assert f"scale={asked}" in why
    assert judge(values, scale=asked) is None


def test_decimals_are_means_and_refused():
    assert "not whole" in str(judge([0.1, 0.25, 0.5, 0.75, 1.0, 0.0] * 20))
    assert judge([*draw(ORDINARY, 100, 4), 7.5]) is None


WORDS = [
    ("Not at all likely", "Extremely likely"),
    ("まったく薦めない", "とても薦めたい"),
    ("전혀 아니다", "매우 그렇다"),
    ("überhaupt nicht", "äußerst wahrscheinlich"),
    ("pas du tout", "tout à fait"),
    ("foo", "bar"),
]


@pytest.mark.parametrize("ends", WORDS)
@pytest.mark.parametrize("n", [40, 120])
def test_words_at_the_ends_are_refused_and_read_when_mapped(ends, n):
    numbers = draw(ORDINARY, n, 6)
    words = dict(zip((0, 10), ends, strict=True))
    values = [words.get(value, value) for value in numbers]
    why = str(judge(values))
    assert all(repr(words[value]) in why for value in set(numbers) & {0, 10})
    labels = {words[value]: value for value in set(numbers) & {0, 10}}
    mapped = scales.parse_scores(values, labels=labels)
    assert mapped.contradiction is None
    assert mapped.values.tolist() == numbers
    assert not mapped.unread.any()


def test_words_for_the_ends_in_a_part_of_the_file_are_refused_too():
    values = [*draw(ORDINARY, 200, 1), *["Extremely likely"] * 30, *["Not at all likely"] * 5]
    assert "look like answers of the question" in str(judge(values))


def test_labels_take_numbers_and_no_answer_too():
    parsed = scales.parse_scores(
        ["１", 2.0, "so  so", "Skip it", 9], labels={1: 0, "2": 10, "So so": 5, "skip it": None}
    )
    assert parsed.values.tolist()[:3] == [0, 10, 5]
    assert parsed.dropped[scales.Reason.MISSING] == 1
    assert "labels says so" in " ".join(map(str, parsed.warnings))


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"Extremly likely": 10}, "'Extremly likely'; did you mean 'Extremely likely'"),
        ({"Extremely likely": 11}, "from 0 to 10"),
        ({"Extremely likely": 9.5}, "from 0 to 10"),
    ],
)
def test_labels_that_cannot_be_are_refused(labels, told):
    with pytest.raises(CxError, match=re.escape(told)):
        scales.parse_scores(["Extremely likely", 3], labels=labels)


@given(st.sampled_from([77, 88, 98, 99, -1, -9, 999, -99]), st.integers(1, 200))
@settings(max_examples=40)
def test_codes_of_no_answer_are_said_and_not_refused(code, n):
    parsed = scales.parse_scores([*draw(ORDINARY, 120, 8), *[code] * n])
    assert parsed.contradiction is None
    assert parsed.dropped[scales.Reason.OUT_OF_RANGE] == n
    assert any("codes of no answer" in str(w) or "a code" in str(w) for w in parsed.warnings)


def test_a_shift_that_the_answers_do_not_need_is_refused():
    values = draw(ORDINARY, 120, 9)
    assert "Leave scale_shift out" in str(judge(values, scale_shift=-1))


@given(
    st.dictionaries(
        st.one_of(st.integers(-120, 120), st.floats(-1, 12)), st.integers(1, 300), max_size=12
    ),
    st.sampled_from([(0, 10), (1, 10), (1, 5), (1, 7), (0, 1)]),
    st.integers(-3, 3),
    st.dictionaries(st.text(max_size=8), st.integers(1, 50), max_size=4),
)
def test_any_counts_are_judged_in_words(numbers, scale, shift, words):
    seen = Evidence(numbers=Counter(numbers), scale=scale, shift=shift, words=words)
    why = contradiction_in(seen)
    assert why is None or why.text("en")
    assert all(doubt.text("en") for doubt in doubts_in(seen))
