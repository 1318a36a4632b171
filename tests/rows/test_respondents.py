"""Who gave a large part of the answers is found, and never named by the id."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows.respondents import find_heavy, pseudonym


def frame(test_users=1, each=365, others=1460):
    """Return answers of which test users gave 0s, all others a 10 each."""
    ids = [f"tester{i}" for i in range(test_users) for _ in range(each)]
    return pd.DataFrame(
        {
            "who": [*ids, *(f"c{i}" for i in range(others))],
            "score": [0] * len(ids) + [10] * others,
            "wave": "w",
        }
    )


def said(answers, **named):
    found = find_heavy(answers, respondent="who", score="score", **named)
    return " ".join(map(str, found.warnings))


def test_a_test_user_is_flagged_with_the_score_with_and_without():
    # 365 of 1,825 answers are 0, the rest 10: (1460 - 365) / 1825 = 60
    told = said(frame())
    who = pseudonym("tester0")
    assert (
        f"One respondent, by pseudonym {who} (365), gave 365 of the 1,825 answers (20.0 %" in told
    )
    assert "the NPS is 60.0, without 100.0 (n = 1,460)" in told
    assert "tester" not in told


def test_several_are_left_out_together():
    told = said(frame(test_users=2, each=100, others=200))
    assert pseudonym("tester0") in told
    assert pseudonym("tester1") in told
    assert "the NPS is 0.0, without 100.0 (n = 200)" in told


@given(st.integers(1, 12), st.integers(10, 600))
def test_only_more_than_two_percent_and_at_least_five_is_much(each, others):
    flagged = bool(said(frame(each=each, others=others)))
    assert flagged == (each >= 5 and 50 * each > each + others)


def test_where_nobody_else_answered_that_is_said():
    assert "describes them alone" in said(frame(others=0))
    assert said(frame(test_users=0, each=0, others=1)) == ""


def test_a_small_panel_that_answers_once_a_wave_is_not_flagged():
    panel = pd.DataFrame(
        {
            "who": [f"c{i}" for i in range(20)] * 8,
            "score": 9,
            "wave": np.repeat([f"w{k}" for k in range(8)], 20),
        }
    )
    assert said(panel, headline=panel["wave"] == "w7", wave="wave") == ""
    twice = pd.concat([panel, panel[panel["who"] == "c3"], panel[panel["who"] == "c3"]])
    twice = twice.reset_index(drop=True)
    assert pseudonym("c3") in said(twice, headline=twice["wave"] == "w7", wave="wave")


def test_answers_without_an_id_or_a_score_are_nobodys():
    answers = frame(each=0, others=50)
    answers.loc[:20, "who"] = None
    answers.loc[21:40, "who"] = "idle"
    answers["score"] = answers["score"].astype("Int64")
    answers.loc[21:40, "score"] = pd.NA
    assert said(answers) == ""


def test_weights_make_both_scores():
    answers = frame(each=10, others=10).assign(w=[3.0] * 10 + [1.0] * 10)
    assert "the NPS is −50.0, without 100.0" in said(answers, weight="w")
