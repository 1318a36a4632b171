"""Whether silence could turn the sign of the NPS: the line, why it is that one, and the promise."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import bias
from cxlib.bias.kinds import Kind
from cxlib.bias.verdict_words import Basis, Verdict
from tests.bias.conftest import weighted_nps
from tests.bias.test_verdicts import ABSENT, judged, of


def groups(most, least, asked=1_000):
    """Two groups of so many people, of which so many answered."""

    def rows(a, b):
        return pd.DataFrame({"国": ["日"] * a + ["韓"] * b})

    return bias.representativeness(rows(most, least), rows(asked, asked), columns=["国"])


@pytest.mark.parametrize(
    ("counts", "invited", "verdict", "value"),
    [
        ((600, 200, 200), 2_000, Verdict.SURVIVES, 3.0),  # 600 / 200, above 2
        ((450, 250, 300), 2_000, Verdict.FAILS, 1.5),
        ((200, 200, 600), 2_000, Verdict.SURVIVES, 3.0),
        ((600, 200, 200), 1_100, Verdict.HOLDS, None),
        ((200, 200, 600), 1_100, Verdict.HOLDS, None),
        ((12, 5, 10), 100, Verdict.CHANCE, None),
        ((80, 20, 0), 400, Verdict.CANNOT_TELL, None),  # no detractors, no odds
    ],
)
def test_the_sign_by_the_line_stated(counts, invited, verdict, value):
    nps = weighted_nps(*counts)
    found = judged(nps=nps, bounds=bias.bounds(nps, invited=invited))
    row = found.row("silence")
    assert row["verdict"] == verdict
    if value:
        assert abs(row["value"] - value) < 1e-12  # promoters / detractors
        assert row["basis"] == Basis.ODDS
        other = bias.verdict(
            **(ABSENT | {"nps": nps, "bounds": bias.bounds(nps, invited=invited)}),
            odds=value + 0.1,
        )
        assert of(other, "silence") is Verdict.FAILS


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 400), st.integers(0, 200), st.integers(1, 400), st.integers(0, 3_000))
def test_no_sign_is_said_to_hold_that_silence_could_turn(up, neutral, down, silent):
    nps, asked = weighted_nps(up, neutral, down), up + neutral + down + silent
    found = judged(nps=nps, bounds=bias.bounds(nps, invited=asked))
    if of(found, "silence") is Verdict.HOLDS:
        assert (up - down - silent > 0) or (up + silent - down < 0)


def test_a_sign_that_weighting_turned_survives_nothing():
    nps = weighted_nps(600, 200, 200)
    frame = nps.frame.assign(
        nps=nps.frame["nps"].where(nps.frame["kind"] == Kind.UNWEIGHTED, -20.0),
        ci_low=-30.0,
        ci_high=-10.0,
    )
    turned = replace(nps, frame=frame)
    found = judged(nps=turned, bounds=bias.bounds(turned, invited=3_000))
    assert of(found, "silence") is Verdict.FAILS


def test_the_side_that_would_have_to_answer_more_is_the_one_that_is_ahead():
    for counts, words in (((600, 200, 200), "promoters"), ((200, 200, 600), "detractors")):
        nps = weighted_nps(*counts)
        text = judged(nps=nps, bounds=bias.bounds(nps, invited=2_000)).summary()
        assert f"only if {words} were more than 3.00 times as likely" in text


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 600), st.integers(20, 600), st.floats(1.01, 4), st.integers(120, 600))
def test_a_sign_survives_only_beyond_both_lines(most, least, odds, up):
    nps = weighted_nps(up, 100, 60)
    yardstick = groups(max(most, least), min(most, least))
    bounds = bias.bounds(nps, invited=4_000, yardstick=yardstick)
    found = bias.verdict(**(ABSENT | {"nps": nps, "bounds": bounds}), odds=odds)
    row, ratio = found.row("silence"), max(most, least) / min(most, least)
    assert row["limit"] == pytest.approx(max(odds, ratio), rel=1e-12)
    turns = up / 60
    assert row["value"] == pytest.approx(turns, rel=1e-12)
    if abs(turns - max(odds, ratio)) > 1e-9:
        assert (row["verdict"] == Verdict.SURVIVES) == (turns > odds and turns > ratio)


def test_the_sentence_names_the_line_and_why():
    nps = weighted_nps(600, 200, 200)  # turns at 3

    def said(yardstick):
        bounds = bias.bounds(nps, invited=2_000, yardstick=yardstick)
        return judged(nps=nps, bounds=bounds).said[2].text()

    assert (
        "survives unequal silence up to 2 times, the line stated beforehand; how much groups of "
        "this survey differed in answering is not known: it turns only if" in said(None)
    )
    assert (
        "2 times, the line stated beforehand (the groups of '国' differed in answering by 1.50 "
        in (said(groups(300, 200)))
    )
    assert (
        "up to 2.50 times, as much as the groups of '国' in this survey differed in answering "
        "(日 50 %, 韓 20 %), which is more than the 2 times stated beforehand: it turns only if"
        in said(groups(500, 200))
    )
    fails = said(groups(800, 200))
    assert "does not survive" in fails
    assert "That is within 4.00 times, as much as the groups of" in fails
    chance = said(groups(14, 6, 400))  # p = .07
    assert "up to 2.33 times" in chance
    assert "; that could be chance), which is more than" in chance


def test_a_group_where_nobody_answered_lets_no_sign_survive():
    nps = weighted_nps(600, 200, 20)
    found = judged(nps=nps, bounds=bias.bounds(nps, invited=3_000, yardstick=groups(300, 0)))
    assert of(found, "silence") is Verdict.FAILS
    assert "within ∞ times, as much as" in found.summary()


@pytest.mark.parametrize("threshold", [-40, 30])
def test_the_sign_is_judged_at_zero_whatever_the_threshold_of_the_bounds(threshold):
    nps = weighted_nps(600, 200, 200)
    bounds = bias.bounds(nps, invited=2_000, threshold=threshold)
    assert bounds.tipping != pytest.approx(3)
    assert judged(nps=nps, bounds=bounds).row("silence")["value"] == pytest.approx(3)
