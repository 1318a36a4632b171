"""Whether careless answers matter: the effect of the flagged against the sampling error."""

import numpy as np
import pandas as pd
import pytest

from cxlib import bias
from cxlib.bias.verdict_words import Verdict
from cxlib.errors import ParameterError
from tests.bias.conftest import weighted_nps
from tests.bias.test_verdicts import judged, of


def survey(scores, careless):
    """Respondents with a score, of whom the first so many took no time for four items."""
    rng = np.random.default_rng(7)
    n = len(scores)
    rows = pd.DataFrame(rng.integers(1, 6, (n, 4)), columns=["甲", "乙", "丙", "丁"])
    rows["秒"] = np.where(np.arange(n) < careless, 1.0, rng.uniform(30, 50, n))
    rows["score"] = scores
    return rows


def effect(rows, **given):
    marks = bias.careless(
        rows, items=["甲", "乙", "丙", "丁"], seconds="秒", at_least=1, scale=(1, 5)
    )
    return bias.effect_of_flags(rows, marks, **given)


def by_hand(rows, flagged):
    """NPS of everybody, and without the flagged."""
    points = 100.0 * (rows["score"] >= 9) - 100.0 * (rows["score"] <= 6)
    return points.mean(), points[~flagged].mean()


def test_a_change_beyond_the_sampling_error_is_told_from_one_within():
    for scores, verdict in (
        ([10] * 20 + [10] * 30 + [0] * 50, Verdict.CHANGES),
        ([10] * 5 + [0] * 5 + [10] * 50 + [0] * 40, Verdict.CHANGES_LITTLE),
    ):
        rows = survey(scores, careless=20 if verdict is Verdict.CHANGES else 10)
        found = effect(rows, score="score")
        judgement = judged(nps=weighted_nps(50, 0, 50), without_flagged=found)
        row = judgement.row("care")
        every, rest = by_hand(rows, rows["秒"] < 2)
        assert found.flagged == (rows["秒"] < 2).sum()
        assert row["value"] == pytest.approx(rest - every)
        assert (row["n"], row["confidence"]) == (100, 0.95)
        assert of(judgement, "care") is verdict
        assert f"Without the {found.flagged} flagged of 100 answers" in judgement.summary()


def test_none_flagged_is_said_and_changes_nothing():
    found = judged(without_flagged=effect(survey([10] * 60 + [0] * 40, 0), score="score"))
    assert of(found, "care") is Verdict.CHANGES_LITTLE
    assert "None of the 100 respondents with an answer carries" in found.summary()
    assert "Without the 0" not in found.summary()


def test_a_headline_with_other_weights_is_named_beside():
    rows = survey([10] * 60 + [0] * 40, 10)
    found = effect(rows, score="score")
    same = judged(nps=weighted_nps(60, 0, 40), without_flagged=found)
    assert "other weights" not in same.summary()
    other = judged(nps=weighted_nps(50, 0, 50), without_flagged=found)
    assert "Both figures have other weights than the headline (0.0)." in other.summary()


def test_what_is_not_known_says_why():
    rows = survey([10] * 6 + [0] * 4, 2)
    absent = bias.effect_of_flags(rows, bias.careless(rows, items=[]), score="score")
    found = judged(without_flagged=absent)
    assert of(found, "care") is Verdict.NOTHING_KNOWN
    assert "is not known. No items were named" in found.summary()
    assert "care" not in judged().frame["question"].tolist()


def test_an_effect_on_a_mean_is_refused():
    found = effect(survey([10] * 60 + [0] * 40, 10), outcome="score")
    with pytest.raises(ParameterError, match=r"without_flagged.*'score'.*score="):
        judged(without_flagged=found)
