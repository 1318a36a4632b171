"""What is said of a shape: every branch, and never more than its test shows."""

import pandas as pd
import pytest

from cxlib import bias
from tests.bias.test_histograms import FALLING, J, answers

CAMPS = ("three readings", "let down", "stayed silent", "truly divided", "cannot tell these apart")


def said(counts, **columns):
    channel = next(iter(columns), None)
    return bias.shape(answers(counts, **columns), score="점수", channel=channel).summary()


def test_two_peaks_have_three_readings_and_what_tells_them_apart():
    text = said(J)
    assert "two peaks, at 0 and 10" in text
    assert all(words in text for words in (*CAMPS, "what customers do"))
    assert "no evidence that there is one" not in text
    down = said(J[::-1])
    assert "most customers are less than content" in down


@pytest.mark.parametrize("counts", [FALLING, (2, 3, 5, 10, 16, 20, 17, 12, 8, 5, 2), (9,) * 11])
def test_one_peak_is_no_evidence_of_one_camp(counts):
    text = said(counts)
    assert "no evidence that there is one" in text
    assert not any(words in text for words in CAMPS)


def test_few_answers_cannot_tell_and_say_what_they_would_miss():
    text = said((3, 0, 0, 0, 1, 1, 2, 3, 4, 2, 6))
    assert "With 22 answers it cannot be told" in text
    assert "15 % at 0, 25 % at 10" in text
    assert "of surveys with 22 answers would show them" in text
    assert "Were there" not in said([each * 20 for each in FALLING])


def test_the_middle_of_the_scale_is_a_habit():
    assert "the middle of the scale" in said((2, 4, 6, 10, 20, 80, 30, 40, 60, 70, 90))
    assert "the middle of the scale" not in said(J)


def test_little_out_of_place_among_many_is_said_to_be_little():
    small = [1000 * each for each in (5, 4, 3, 3, 4, 7, 9, 15, 20, 17, 13)]
    assert "That is a small part: with 100,000 answers" in said(small)
    assert "small part" not in said([100 * each for each in J])


def test_channels_are_named_and_mixing_them_is_a_reading():
    alone = pd.concat([answers(J, ch="電話"), answers(FALLING, ch="店舗")])
    found = bias.shape(alone, score="점수", channel="ch")
    assert "Of 2 channels, two peaks far apart are beyond chance in 電話" in found.summary()
    assert found.plot().get_title(loc="left") == "Two peaks far apart, beyond chance: 電話"
    mixed = pd.concat([answers(FALLING[::-1], ch="a"), answers(FALLING, ch="b")])
    found = bias.shape(mixed, score="점수", channel="ch")
    assert "channels whose scores differ" in found.summary()
    title = found.plot().get_title(loc="left").replace("\n", " ")
    assert title.startswith("No channel has two peaks far apart beyond chance")


def test_titles_of_all_answers():
    two, one = (bias.shape(answers(n), score="점수").plot() for n in (J, FALLING))
    assert two.get_title(loc="left") == "Two peaks far apart, at 0 and 10, beyond chance"
    assert "38 % of the answers sit at 0 or 10" in one.get_title(loc="left").replace("\n", " ")


def test_two_answers_or_all_alike_have_no_shape():
    both = bias.shape(answers((20, 30), 1), score="점수", scale=(1, 2))
    assert "nothing between them" in both.summary()
    assert both.frame[["statistic", "pvalue", "pvalue_adj"]].isna().all(axis=None)
    assert "no shape to judge" in said((0, 0, 0, 40))


def test_peaks_close_together_are_no_camps_and_hide_none():
    """As the answers of many surveys: fewer at 9 than at 8 and 10; with a camp at 0 as well."""
    near, camp = [1, 1, 2, 4, 9, 16, 28, 60, 90, 40, 100], [60, 8, 4, 4, 9, 16, 28, 60, 90, 40, 100]
    text = said(near)
    assert "More answers lie at 8 and 10" in text
    assert "no evidence that there is one" in text
    assert not any(words in text for words in CAMPS)
    assert "two peaks, at 0 and 10" in said(camp)
    title = bias.shape(answers(near), score="점수").plot().get_title(loc="left")
    assert title.startswith("No two peaks far apart")


HEAPS = (60, 20, 20, 40, 40, 280, 100, 240, 400, 400, 400)


@pytest.mark.parametrize(
    "counts",
    [
        HEAPS,
        (60, 20, 20, 40, 40, 280, 100, 240, 440, 360, 320),
        (20, 20, 20, 40, 40, 280, 100, 240, 440, 360, 440),
        (400, 60, 40, 40, 40, 160, 40, 60, 200, 220, 740),
    ],
)
def test_a_heap_at_the_middle_is_named_whatever_the_pair(counts):
    text = said(counts)
    assert "the middle of the scale" in text
    assert "habit alone makes a" in text


def test_the_pair_named_is_the_one_that_explains_most_or_that_one_is_named_too():
    assert "two peaks, at 5 and 10" in said(HEAPS)
    text = said((60, 20, 20, 40, 40, 280, 100, 240, 440, 360, 320))
    assert "two peaks, at 0 and 8" in text
    assert "does not explain lies at 5 and 8" in text
    assert "does not explain lies" not in said(J)


@pytest.mark.parametrize("counts", [(2, *[0] * 9, 2), (5, *[0] * 9, 5), (14, *[0] * 9, 15)])
def test_few_answers_have_no_readings_and_no_verdict(counts):
    found = bias.shape(answers(counts), score="점수")
    text = found.summary()
    assert "the shape of so few says little" in text
    assert "two peaks, at" not in text
    assert not any(words in text for words in CAMPS)
    assert found.frame[["peak_low", "peak_high"]].isna().all(axis=None)
    assert not found.histogram["valley"].any()
    assert found.plot().get_title(loc="left").startswith("No two peaks")
    more = said([each * 20 for each in counts])
    assert all(words in more for words in CAMPS)
