"""Spans that begin or end inside a word are told where words have borders."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.interviews.word_edges import cut_words, too_many


@pytest.mark.parametrize(
    ("text", "span", "cut"),
    [
        ("it was late", (3, 6), False),
        ("it was late", (4, 6), True),
        ("it was late", (3, 5), True),
        ("it was late", (0, 11), False),
        ("배송이 늦었다", (0, 3), False),
        ("배송이 늦었다", (1, 3), True),
        ("NPS는 좋다", (0, 3), False),  # a particle behind a Latin name
        ("とても遅い", (1, 3), False),  # no borders to see
        ("ｶﾀｶﾅ語", (1, 3), False),
        ("мы ждали", (4, 8), True),
        ("late! again", (0, 5), False),
        ("room 101", (6, 8), True),
    ],
)
def test_cut(text, span, cut):
    starts, ends = np.array([span[0]]), np.array([span[1]])
    assert cut_words([text], [(starts, ends)])[0].tolist() == [cut]


def test_each_text_has_its_own():
    one, none, two = cut_words(
        ["some words", "", "more"],
        [
            (np.array([0, 1]), np.array([4, 4])),
            (np.array([], int),) * 2,
            (np.array([1]), np.array([4])),
        ],
    )
    assert (one.tolist(), none.tolist(), two.tolist()) == ([False, True], [], [True])
    assert cut_words([], []) == []


def test_a_few_are_nobodys_fault():
    assert not too_many(2, 2)
    assert not too_many(20, 100)
    assert too_many(21, 100)
