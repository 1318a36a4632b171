"""A shift of the silent ones: against counting everybody by hand, and what cannot be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ParameterError
from cxlib.shown.result import Absent
from tests.bias.conftest import weighted_nps

camps = st.integers(1, 12)


@settings(max_examples=15, deadline=None)
@given(camps, camps, camps, st.integers(1, 40), st.floats(-250, 250))
def test_everyone_is_respondents_and_silent_ones_counted_together(up, mid, down, silent, shift):
    n = up + mid + down
    nps = weighted_nps(up, mid, down)
    found = bias.delta(nps, invited=n + silent, shifts=[shift])
    here = 100 * (up - down) / n
    theirs = np.clip(here + shift, -100, 100)
    row = found.frame.iloc[0]
    assert_allclose(row["nps"], (n * here + silent * theirs) / (n + silent), atol=1e-9)
    assert row["ci_low"] <= row["nps"] + 1e-9
    assert row["nps"] <= row["ci_high"] + 1e-9
    inside = bias.bounds(nps, invited=n + silent).row("invited")
    assert inside["ci_low"] - 1e-9 <= row["nps"] <= inside["ci_high"] + 1e-9
    if np.isnan(found.turning):  # then not even silent ones of one kind bring it to 0
        assert inside["ci_low"] > -1e-9 or inside["ci_high"] < 1e-9
    else:
        at = bias.delta(nps, invited=n + silent, shifts=[found.turning]).frame["nps"][0]
        assert_allclose(at, 0, atol=1e-9)


def test_the_weighted_figure_is_the_base():
    rows = pd.DataFrame({"score": [10] * 6 + [0] * 4, "国": ["日"] * 5 + ["韓"] * 5})
    weights = bias.rake(rows, targets={"国": pd.Series({"日": 1.0, "韓": 3.0})})
    nps = bias.estimate_nps(rows, score="score", weights=weights)
    base = nps.row("weighted")["nps"]
    assert base != nps.row("unweighted")["nps"]
    assert_allclose(bias.delta(nps, invited=50, shifts=[0]).frame["nps"], base)


def test_a_mean_is_kept_on_its_scale():
    rows = pd.DataFrame({"csat": [5.0, 4, 3, 4]})
    mean = bias.estimate_mean(rows, outcome="csat", weights=bias.rake(rows, targets={}))
    found = bias.delta(mean, invited=8, shifts=[-1, 9], scale=(1, 5))
    assert_allclose(found.frame["mean"], [3.5, 4.5])
    assert "the mean of all 8 would be 3.50" in found.summary()
    assert found.plot().get_title(loc="left")
    with pytest.raises(ParameterError, match="shifts=None"):
        bias.delta(mean, invited=8)
    with pytest.raises(ParameterError, match="scale="):
        bias.delta(mean, invited=8, shifts=[0], scale=(5, 1))


@given(st.sampled_from([-50.0, -12.25, 0.0, 10.0, 20.0]), st.booleans())
def test_a_shift_is_said_as_lower_or_higher_and_once(shift, twice):
    shifts = [shift, 30.0] if twice else [shift]
    said = bias.delta(weighted_nps(30, 10, 20), invited=240, shifts=shifts).summary()
    way = "lower than" if shift < 0 else "higher than"
    first = f"{abs(shift):g} points {way} that of the answers" if shift else "the same as that of"
    assert f"who did not answer {first}" in said
    assert said.count("Were it 30 points higher than") == twice
    assert "by −" not in said


def test_the_sentence_says_which_way():
    said = bias.delta(weighted_nps(30, 10, 20), invited=240).summary()
    assert "points lower" in said
    assert "points higher" in bias.delta(weighted_nps(20, 10, 30), invited=240).summary()
    assert "No NPS of the silent ones" in bias.delta(weighted_nps(30, 1, 1), invited=33).summary()


def test_what_is_absent_and_what_is_refused():
    nps = weighted_nps(3, 1, 1)
    assert isinstance(bias.delta(nps), Absent)
    assert isinstance(bias.delta(bias.bounds(nps), invited=10), Absent)
    for wrong, match in (
        ({"invited": 4}, "invited=4 is less"),
        ({"invited": 9, "shifts": [1, 1]}, "shifts="),
        ({"invited": 9, "shifts": []}, "shifts="),
        ({"invited": 9, "shifts": [float("nan")]}, "shifts="),
        ({"invited": 9, "threshold": 100}, "threshold="),
    ):
        with pytest.raises(ParameterError, match=match):
            bias.delta(nps, **wrong)
