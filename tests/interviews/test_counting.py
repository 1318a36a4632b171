"""The way in which offsets were counted is the one that the quotes prove, or ours."""

from __future__ import annotations

import numpy as np
import pytest

from cxlib.interviews.counting import FEWEST, OURS, Spans, count_alike, count_ways
from cxlib.interviews.offsets import Convention, conventions
from cxlib.interviews.quote_places import Places

TEXT = "one 😀 two\r\nthree 𠮷野家😀 four\r\nfive é😀 six seven eight nine ten"
WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine"]


def spans(how: Convention, words=WORDS, *, coders=None, bare=(), text=TEXT) -> Spans:
    """Return words of the text with offsets that were counted in some way."""
    places = Places(text)
    counted = how.count(places.points)
    starts = [int(counted[text.index(word)]) + how.first for word in words]
    ends = [
        int(counted[text.index(word) + len(word)]) + how.first - how.inclusive for word in words
    ]
    quotes = np.array(["" if word in bare else word for word in words], dtype=object)
    who = np.array(coders or ["ana"] * len(words), dtype=object)
    return Spans(places, np.array(starts), np.array(ends), quotes, who)


def right(given: Spans, part, words=WORDS) -> bool:
    at = [TEXT.index(word) for word in words]
    return [int(part.reading.starts[row]) for row in part.rows] == [at[row] for row in part.rows]


@pytest.mark.parametrize("how", list(conventions(Places(TEXT + "\nalone").points)))
def test_each_way_is_recognised(how):
    text, words = f"{TEXT}\nalone among the others", [*WORDS, "alone", "among", "the", "others"]
    given = spans(how, words, text=text)
    (part,) = count_ways(given)
    assert part.proved == len(words)
    for row, word in enumerate(words):
        assert text[part.reading.starts[row] : part.reading.ends[row]] == word


def test_ours_stays_where_quotes_do_not_tell():
    (part,) = count_ways(spans(Convention("utf16"), WORDS[:2]))  # two quotes are too few
    assert part.reading.how == OURS
    (part,) = count_ways(spans(Convention("utf16"), WORDS[: FEWEST + 1]))
    assert part.reading.how == Convention("utf16")
    assert right(spans(OURS), part, WORDS[: FEWEST + 1])


def test_few_quotes_are_counted_as_those_of_other_documents():
    given = spans(Convention("utf16"), WORDS[:2])
    (part,) = count_ways(given)
    assert count_alike(given, part, [Convention("utf16")]).reading.how == Convention("utf16")
    assert count_alike(given, part, [Convention("utf8")]).reading.how == OURS
    last = spans(Convention("", "", 1, inclusive=True), ["six "])
    (part,) = count_ways(last)
    both = [Convention("", "", 1), Convention("", "", 1, inclusive=True)]
    assert count_alike(last, part, both).reading.how == both[1]  # the other loses the blank
    ours = spans(OURS, WORDS[:2])
    (part,) = count_ways(ours)
    assert count_alike(ours, part, [Convention("utf16")]).reading.how == OURS


def test_two_coders_with_two_tools():
    mine, hers = spans(OURS), spans(Convention("utf16"))
    both = Spans(
        mine.places,
        np.concatenate([mine.starts, hers.starts]),
        np.concatenate([mine.ends, hers.ends]),
        np.concatenate([mine.quotes, hers.quotes]),
        np.array(["ana"] * len(WORDS) + ["kim"] * len(WORDS), dtype=object),
    )
    ana, kim = count_ways(both)
    assert (ana.reading.how, kim.reading.how) == (OURS, Convention("utf16"))
    one = Spans(both.places, both.starts, both.ends, both.quotes, np.array(["ana"] * 16, object))
    assert count_ways(one)[0].reading.how == OURS  # half and half: nothing is proved


def test_quotes_that_prove_two_ways_say_that_a_coder_is_torn():
    words = [*WORDS[1:], "two"]
    given = spans(Convention("utf16"), words)
    ours = spans(OURS, words)
    given.starts[-1], given.ends[-1] = ours.starts[-1], ours.ends[-1]
    (part,) = count_ways(given)
    assert part.reading.how == Convention("utf16")
    assert part.torn


def test_a_blank_behind_each_span_does_not_hide_where_it_ends():
    given = spans(Convention("utf16"), WORDS)
    assert not count_ways(given)[0].open.any()
    assert not count_ways(given)[0].reading.how.inclusive
