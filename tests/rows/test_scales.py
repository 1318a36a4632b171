"""Answers become scores, and what is not one is counted by its reason."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError, ScaleError, ScoreRangeError
from cxlib.rows import scales
from cxlib.rows.scales import Reason
from cxlib.shown.language import word

answers = st.lists(
    st.one_of(
        st.none(),
        st.integers(-5, 15),
        st.floats(-1, 12),
        st.sampled_from(
            [
                "10点",
                "7점",
                "８",
                "9/10",
                "eleven",
                "",
                "3 - so so",
                "n/a",
                "無回答",
                "満足（9）",
                "7-8",
                "90 %",
            ]
        ),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize(
    "written",
    [
        10,
        10.0,
        np.int64(10),
        "10",
        " 10 ",
        "10.0",
        "１０",
        "10点",
        "10점",
        "10 点",
        "１０点",
        "10 - Extremely likely",
        "10: yes",
        "(10)",
        "[10] yes",
        "10（とてもそう思う）",
        "10\nyes",
        "Extremely likely - 10",
        "Extremely likely (10)",
        "非常に満足：10点",
        "매우 만족 (10점)",
    ],
)
def test_ten_is_ten_however_it_is_written(written):
    scores = scales.parse_scores([written])
    assert scores.values.tolist() == [10]
    assert scores.n == 1


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, Reason.MISSING),
        (float("nan"), Reason.MISSING),
        (pd.NA, Reason.MISSING),
        (pd.NaT, Reason.MISSING),
        ("", Reason.MISSING),
        ("  ", Reason.MISSING),
        ("N/A", Reason.MISSING),
        ("無回答", Reason.MISSING),
        ("무응답", Reason.MISSING),
        ("-", Reason.MISSING),
        (11, Reason.OUT_OF_RANGE),
        (-1, Reason.OUT_OF_RANGE),
        ("-1", Reason.OUT_OF_RANGE),
        ("11", Reason.OUT_OF_RANGE),
        (float("inf"), Reason.OUT_OF_RANGE),
        (7.5, Reason.NOT_WHOLE),
        ("7.5", Reason.NOT_WHOLE),
        ("ten", Reason.NOT_A_SCORE),
        ("9/10", Reason.NOT_A_SCORE),
        ("7-8", Reason.NOT_A_SCORE),
        ("90 %", Reason.NOT_A_SCORE),
        ("９０％", Reason.NOT_A_SCORE),
        ("7 or 8", Reason.NOT_A_SCORE),
        ("–3", Reason.NOT_A_SCORE),
        ("- 3", Reason.NOT_A_SCORE),
        (True, Reason.NOT_A_SCORE),
        ([1], Reason.NOT_A_SCORE),
        ("2026-07-01", Reason.NOT_A_SCORE),
        ("10:30", Reason.NOT_A_SCORE),
        ("1,000", Reason.NOT_A_SCORE),
        ("½", Reason.NOT_A_SCORE),
    ],
)
def test_what_is_not_a_score_has_one_reason(written, reason):
    if isinstance(written, list):
        written = tuple(written)
    scores = scales.parse_scores([written, 5])
    assert scores.dropped == {**dict.fromkeys(Reason, 0), reason: 1}
    assert scores.values.isna().tolist() == [True, False]
    assert any(word(reason) in str(warning) for warning in scores.warnings)
    assert scores.examples == ({} if reason is Reason.MISSING else {reason: str(written)})


@given(answers)
def test_every_answer_is_a_score_or_counted(given_answers):
    try:
        scores = scales.parse_scores([*given_answers, 5])
    except ScoreRangeError:
        raise AssertionError("there is a 5") from None
    assert scores.n + sum(scores.dropped.values()) == len(given_answers) + 1
    assert scores.values.dropna().between(0, 10).all()


@given(answers, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_or_the_other_answers(given_answers, random):
    once = scales.parse_scores([*given_answers, 5]).values
    order = list(range(len(once)))
    random.shuffle(order)
    shuffled = scales.parse_scores([[*given_answers, 5][i] for i in order]).values
    assert shuffled.tolist() == once.iloc[order].tolist()


@given(st.integers(0, 10), st.sampled_from(["", "点", "점", " - likely", "（満足）"]))
def test_full_width_and_plain_digits_are_one(score, after):
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in str(score)) + after
    assert unicodedata.normalize("NFKC", wide).startswith(str(score))
    assert (
        scales.parse_scores([wide]).values.tolist()
        == scales.parse_scores([f"{score}{after}"]).values.tolist()
        == [score]
    )


def test_the_index_and_name_of_the_answers_are_kept_and_their_data_too():
    given_answers = pd.Series(["10点", None], index=[7, 3], name="推奨度")
    scores = scales.parse_scores(given_answers)
    assert scores.values.index.tolist() == [7, 3]
    assert scores.values.name == "推奨度"
    assert scores.values.dtype == "Int64"
    assert given_answers.tolist()[0] == "10点"


def test_no_answer_at_all_is_no_score_and_no_refusal():
    assert scales.parse_scores([]).n == 0
    assert scales.parse_scores([None, ""]).dropped[Reason.MISSING] == 2


def test_words_where_scores_should_be_are_refused_with_the_first():
    with pytest.raises(
        ScoreRangeError,
        match=r"none of the 2 answers is a whole score from 0 to 10 \(first: 'good'",
    ):
        scales.parse_scores(["good", "bad", None])


@pytest.mark.parametrize("answers", [[True, 1, 0, False], [1, True, False, 0]])
def test_true_and_false_are_no_scores_and_hide_none(answers):
    scores = scales.parse_scores([*answers, None])
    assert scores.values.dropna().tolist() == [value for value in answers if type(value) is int]
    assert (scores.dropped[Reason.NOT_A_SCORE], scores.dropped[Reason.MISSING]) == (2, 1)


@pytest.mark.parametrize(
    "scale",
    [(10, 0), (0, 0), (0.5, 10), (0, float("nan")), (0, float("inf")), (1, 2, 3), "01", 10, None],
)
def test_a_scale_is_two_whole_numbers(scale):
    with pytest.raises(ParameterError, match="the lower first"):
        scales.parse_scores([1], scale=scale)


def test_the_rule_for_a_wrong_scale_is_the_one_that_is_stated():
    assert (2 / 3) ** 12 < 0.01 < (2 / 3) ** 11  # why 12
    assert scales.contradiction({1: 11, 10: 90}, scale=(0, 10)) is None
    doubts = [scales.parse_scores([1] * n + [10] * 90).doubts for n in (11, 12)]
    assert ["scale=(1, 10)" in str(*told) for told in doubts] == [False, True]
    assert scales.contradiction({0: 1, 1: 500, 10: 90}, scale=(0, 10)) is None
    assert scales.contradiction({1: 500, 10: 90}, scale=(1, 10)) is None
    with pytest.raises(ScaleError, match=r"scale=\(0, 10\): None of the 112 answers is 6 or more"):
        scales.refuse_contradiction({1: 12, 5: 100}, scale=(0, 10))
    scales.refuse_contradiction({0: 1, 10: 90}, scale=(0, 10))


def test_a_lowest_answer_above_the_scale_is_said():
    assert any(
        "the lowest is 3" in str(warning) for warning in scales.parse_scores([3, 10]).warnings
    )
    assert (
        scales.parse_scores([1] * 12 + [5] * 90).contradiction
        in scales.parse_scores([1] * 12 + [5] * 90).warnings
    )
    assert not scales.parse_scores([0, 10]).warnings


def test_a_real_one_to_ten_file_is_found_out(shared):
    frame = pd.read_csv(shared / "samples" / "nps" / "npsgame_fr_retail.csv")
    assert "seems to run from 1 to 10" in str(*scales.parse_scores(frame["nps"]).doubts)
    assert not scales.parse_scores(frame["nps"], scale=(1, 10)).doubts
