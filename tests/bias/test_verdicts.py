"""Verdicts: each by what it rests on, in words that promise no more."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import bias, texts
from cxlib.bias.verdict_words import Basis, Verdict
from cxlib.errors import ParameterError
from cxlib.shown.result import Absent
from tests.bias.test_histograms import FALLING, J, answers

ABSENT = {
    "who": Absent.of("bias.absent_frame", bias.Representativeness),
    "even": Absent.of("bias.absent_frame", bias.RIndicator),
    "weights": Absent.of("bias.absent_margins", bias.Weights),
    "nps": Absent.of("bias.absent_score", bias.WeightedNps),
    "bounds": Absent.of("bias.absent_bounds", bias.Bounds),
    "shape": Absent.of("bias.absent_score", bias.Shape),
}


def judged(**given):
    return bias.verdict(**(ABSENT | given))


def of(found, question):
    return Verdict(found.row(question)["verdict"])


def who(answered, everyone, column="国"):
    """Respondents and their frame by counts of categories."""
    here, there = (
        pd.DataFrame({column: np.repeat(["日", "韓", "US"][: len(n)], n)})
        for n in (answered, everyone)
    )
    return {
        "who": bias.representativeness(here, there, columns=[column]),
        "even": bias.r_indicator(here, there, columns=[column]),
    }


def test_answers_alone_say_nothing():
    found = judged()
    assert of(found, "representative") is Verdict.NOTHING_KNOWN
    assert of(found, "weighting") is Verdict.CANNOT_BE_WEIGHTED
    assert of(found, "silence") is of(found, "shape") is Verdict.NOTHING_KNOWN
    assert "no customer file and no invitation list" in found.summary()
    assert "No columns were named" in found.summary()  # why it cannot be weighted


def test_representative_on_the_columns_compared_only():
    even = judged(**who((4_000, 4_000), (8_000, 8_000)))
    assert of(even, "representative") is Verdict.REPRESENTATIVE
    assert "representative on 国 only" in even.summary()
    row = even.row("representative")
    assert row["value"] >= row["limit"]
    few = judged(**who((20, 20), (80, 80)))  # its R-indicator is 1 without a width
    assert of(few, "representative") is Verdict.CANNOT_TELL
    assert few.row("representative")["basis"] == Basis.HIDDEN
    strict = judged(**who((4_000, 4_050), (16_000, 16_000)), even_line=0.999)
    assert of(strict, "representative") is Verdict.CANNOT_TELL
    assert "cannot be told whether people answered evenly" in strict.summary()
    off = judged(**who((70, 30), (500, 500)))
    assert of(off, "representative") is Verdict.NOT_REPRESENTATIVE
    assert off.row("representative")["basis"] == Basis.SMD
    without = judged(**who((400, 400), (800, 800)) | {"even": ABSENT["even"]})
    assert of(without, "representative") is Verdict.CANNOT_TELL


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 95), st.integers(5, 95))
def test_a_share_off_by_a_tenth_is_never_representative(a, b):
    found = judged(**who((a, b), (500, 500)))
    off = abs(a / (a + b) - 0.5) / 0.5
    if off >= 0.1 + 1e-12:
        assert of(found, "representative") is Verdict.NOT_REPRESENTATIVE
    elif off < 0.1 - 1e-12:
        assert of(found, "representative") is not Verdict.NOT_REPRESENTATIVE


def test_weighting_mends_its_columns_alone():
    rows = pd.DataFrame({"国": ["日"] * 70 + ["韓"] * 30, "plan": ["a", "b"] * 50})
    weights = bias.rake(rows, targets={"国": {"日": 1, "韓": 1}})
    same = judged(weights=weights, **who((70, 30), (500, 500)))
    assert of(same, "weighting") is Verdict.MENDS
    other = judged(weights=weights, **who((70, 30), (500, 500), column="tier"))
    assert of(other, "weighting") is Verdict.MENDS_PART
    assert "the shares by tier stay off" in other.summary()
    none = judged(weights=bias.rake(rows, targets={}))
    assert of(none, "weighting") is Verdict.NOT_WEIGHTED


def test_targets_that_cannot_be_met_are_why_answers_cannot_be_weighted():
    rows = pd.DataFrame({"国": ["日"] * 7 + ["韓"] * 3})
    weights = bias.weigh(rows, targets={"国": {"日": 1, "韓": 1, "米": 1}})
    found = judged(weights=weights)
    assert of(found, "weighting") is Verdict.CANNOT_BE_WEIGHTED
    assert found.row("weighting")["n"] == 10
    assert "The 10 answers cannot be weighted to the targets. " in found.summary()
    assert weights.unmet.text() in found.summary()


def test_weights_that_meet_totals_of_numbers_alone_are_weights():
    rows = pd.DataFrame({"orders": [1.0, 2, 3, 4] * 5})
    found = judged(weights=bias.calibrate(rows, totals={"orders": 44.0}, size=20))
    assert of(found, "weighting") is Verdict.MENDS
    assert "Weighting to orders mends" in found.summary()


def test_shape():
    for counts, verdict in ((J, Verdict.TWO_PEAKS), (FALLING, Verdict.NOT_SHOWN)):
        found = judged(shape=bias.shape(answers(counts), score="점수"))
        assert of(found, "shape") is verdict
    few = judged(shape=bias.shape(answers((1, 0, 2)), score="점수", scale=(0, 2)))
    assert of(few, "shape") is Verdict.CANNOT_TELL
    near = [1, 1, 2, 4, 9, 16, 28, 60, 90, 40, 100]
    assert of(judged(shape=bias.shape(answers(near), score="점수")), "shape") is Verdict.NOT_SHOWN


def test_the_middle_of_the_scale_is_a_habit_here_too():
    heap = (2, 4, 6, 10, 20, 80, 30, 40, 60, 70, 90)
    text = judged(shape=bias.shape(answers(heap), score="점수")).summary()
    assert "need not be two camps" in text
    assert "let down" not in text


def test_nothing_is_ever_called_free_of_bias():
    words = " ".join(str(text) for text in texts.load("en", "bias").values()).lower()
    assert "unbiased" not in words
    for found in (judged(), judged(**who((4_000, 4_000), (8_000, 8_000)))):
        assert "None of this shows that the answers are free of bias" in found.summary()
        assert "no evidence that there is none" in found.summary()


def test_lines_are_refused_with_one_that_works():
    for name, wrong in (("even_line", 0.0), ("even_line", 1.0), ("odds", 1.0), ("odds", np.nan)):
        with pytest.raises(ParameterError, match=f"{name}=.*such as"):
            judged(**{name: wrong})
    assert judged(even_line=0.9, odds=2.0)


def test_the_table_shows_the_words():
    table = judged().table()
    assert judged().frame["verdict"].tolist()[0] == "nothing_known"
    assert "nothing can be said" in table.to_html()
    shown = judged(shape=bias.shape(answers([10 * n for n in J]), score="점수")).table().to_html()
    assert "&lt; 0.001" in shown or "<0.001" in shown or "< 0.001" in shown


def test_where_all_answered_nobody_is_missing():
    everyone = pd.DataFrame({"国": ["日", "韓"] * 30, "score": [10, 9, 0] * 20})
    weights = bias.rake(everyone, targets=bias.margins(everyone, columns=["国"]))
    nps = bias.estimate_nps(everyone, score="score", weights=weights)
    bounds = bias.bounds(nps, invited=60)
    found = bias.verdict(
        who=bias.representativeness(everyone, everyone, columns=["国"]),
        even=bias.r_indicator(everyone, everyone, columns=["国"]),
        weights=weights,
        nps=nps,
        bounds=bounds,
        shape=bias.shape(everyone, score="score"),
    )
    assert found.row("representative")["verdict"] == "representative"
    assert "All 60 people who could have answered did" in found.summary()
    assert bias.delta(nps, invited=60).key == "bias.absent_silent"


def test_base_weights_and_columns_that_are_not_named_are_told_from_answers_alone():
    rows = pd.DataFrame({"d": [5.0] * 30 + [1.0] * 70, "score": [10] * 30 + [8] * 30 + [0] * 40})
    weights = bias.rake(rows, targets={}, weight="d")
    nps = bias.estimate_nps(rows, score="score", weights=weights)
    bounds = bias.bounds(nps, population=500)
    said = bias.verdict(
        who=bias.representativeness(rows, rows, columns=[]),
        even=bias.r_indicator(rows, rows, columns=[]),
        weights=weights,
        nps=nps,
        bounds=bounds,
        shape=bias.shape(rows, score="score"),
    ).summary()
    assert "no customer file" not in said
    assert "base weights in 'd'" in said
    assert "Weighted by the base weights in 'd', 68 % of 100 answers" in bounds.summary()
    assert "how many of the others were asked is not known" in bounds.summary()
